import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CloudItem } from '../clouds/scaleway/inventory.ts';
import { embeddedCloudFolder } from '../contracts/endpoints-file.ts';
import type { Leak } from './find-leaks.ts';

/**
 * QEMU processes of the embedded cloud that belong to no server of it. Looked for in /proc, not in the cloud's own
 * records, because a record that was lost is what makes a process stray. Elsewhere than on Linux there is no /proc,
 * and nothing is found.
 */
export async function strayProcesses(items: readonly CloudItem[]): Promise<Leak[]> {
  const machines = join(embeddedCloudFolder(), 'machines');
  const servers = items.filter(({ kind }) => kind === 'server').map(({ id }) => id);
  const strays: Leak[] = [];
  for (const pid of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(pid)) continue;
    // A process that ends while it is looked at is none.
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const stray = strayOf(commandLine.split('\0'), machines, servers);
    if (stray !== undefined)
      strays.push({
        kind: 'process',
        id: pid,
        name: stray,
        why: 'its server is gone from the embedded cloud',
      });
  }
  return strays;
}

/** The name of a stray process from its command line, `undefined` for any other process. Pure. */
export function strayOf(
  argv: readonly string[],
  machines: string,
  servers: readonly string[],
): string | undefined {
  const program = argv[0] ?? '';
  if (!program.includes('qemu-system') || !argv.some((argument) => argument.includes(machines)))
    return undefined;
  return servers.some((id) => argv.some((argument) => argument.includes(id))) ? undefined : program;
}
