import type { NetworkBootInputs } from '../../../components/network-boot/args.ts';
import { create } from '../../../components/network-boot/handler.ts';

/** Boots one machine from the network in a process of its own, for tests that kill it. */
await create(JSON.parse(process.argv[2] ?? '') as NetworkBootInputs);
