import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { connectRemote } from '../../../remote/connect.ts';
import { Deadline } from '../../../waiting/deadline.ts';
import type { Workplace } from './workplace.ts';

/** What a stack says about one of its servers. */
export interface ServerOutput {
  readonly id: string;
  readonly address: string;
  readonly sshPort: number;
  readonly hostKey: string;
  readonly installedBuild: string;
}

/** The kernel's id of this boot: another one after every boot. Logs in with the recorded host key. */
export async function bootId(place: Workplace, machine: string, server: ServerOutput): Promise<string> {
  const session = await connectRemote({
    target: {
      machine,
      host: server.address,
      port: server.sshPort,
      user: 'root',
      keyFile: join(place.folder, 'keys', 'edge_ed25519'),
    },
    hostKey: server.hostKey,
    deadline: Deadline.after(60),
  });
  try {
    const deadline = Deadline.after(30);
    return (await session.run(['cat', '/proc/sys/kernel/random/boot_id'], { deadline })).stdout.trim();
  } finally {
    await session.close();
  }
}

/** How often a machine was installed and booted by Pulumi: the transcripts of its console dialogues. */
export async function dialogues(
  place: Workplace,
  stack: string,
  machine: string,
): Promise<readonly string[]> {
  const folder = join(place.folder, 'data', 'stacks', stack, 'transcripts', machine);
  const files = await readdir(folder).catch(() => []);
  return files.toSorted().map((file) => (file.endsWith('-install.cast') ? 'install' : 'boot'));
}
