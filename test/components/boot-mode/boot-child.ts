import { create } from '../../../components/boot-mode/handler.ts';
import type { BootInputs } from '../../../components/boot-mode/args.ts';

/** Boots one machine in a process of its own, which a test can kill. Argument: the inputs as JSON. */
await create(JSON.parse(process.argv[2] ?? '') as BootInputs);
