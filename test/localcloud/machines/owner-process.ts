/**
 * A daemon in small for the adoption test: starts one machine from a spec (JSON, first argument) in a folder (second),
 * says so, and then waits to be killed.
 */
import { openQemuDriver } from '../../../localcloud/machines/qemu-driver.ts';
import type { MachineSpec } from '../../../localcloud/machines/machine-driver.ts';

const [spec = '{}', folder = '', cacheFolder = ''] = process.argv.slice(2);
const driver = await openQemuDriver({ folder, cacheFolder, portOffset: 20000 });
await driver.start(JSON.parse(spec) as MachineSpec);
process.stdout.write('started\n');
process.stdin.resume();
