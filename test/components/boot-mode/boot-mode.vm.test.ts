import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectCloud } from '../../../clouds/connect.ts';
import type { Cloud } from '../../../clouds/cloud.ts';
import type { BootInputs } from '../../../components/boot-mode/args.ts';
import * as bootMode from '../../../components/boot-mode/handler.ts';
import { noteKey, parseNote } from '../../../components/boot-mode/note.ts';
import { Deadline } from '../../../waiting/deadline.ts';
import { poll } from '../../../waiting/poll.ts';
import { EmbeddedCloud } from './embedded-cloud.ts';

/** BootMode on real machines of the embedded cloud: QEMU, iPXE on the serial line, the writer, the stand-in guest. */
let embedded: EmbeddedCloud;
let cloud: Cloud;
let good: Awaited<ReturnType<EmbeddedCloud['publish']>>;

beforeAll(async () => {
  embedded = await EmbeddedCloud.start();
  cloud = await connectCloud({ kind: 'scaleway', zone: 'fr-par-1', endpoint: 'local' });
  good = await embedded.publish(1);
});
afterAll(async () => {
  await embedded.stop();
});

async function transcripts(machine: string): Promise<string> {
  const folder = join(embedded.folder, 'data', 'stacks', 'vmtest', 'transcripts', machine);
  const names = await readdir(folder).catch(() => []);
  return (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).join('');
}

const phase = async (id: string): Promise<string | undefined> =>
  parseNote(await cloud.readNote(id, noteKey), id)?.phase;

/** How often iPXE was told to load the writer. (The writer's own lines come again with each console's past.) */
const writes = async (machine: string): Promise<number> =>
  [...(await transcripts(machine)).matchAll(/"m","chain http/g)].length;

test('a new server is installed, then left alone, found off by a refresh, and brought back without writing', async () => {
  const inputs = embedded.inputs(await embedded.newServer('edge-1'), 'edge-1', good);
  const first = await embedded.boot(inputs);
  expect(first).toMatchObject({
    build: '20261121_0900',
    slot: 'd',
    nextSlot: 'd',
    power: 'running',
    state: 'booted',
    hostKeySource: 'console',
    reachable: true,
  });
  // Already right: a second create, as after a killed `pulumi up`, changes nothing and keeps the key.
  expect(await embedded.boot(inputs)).toMatchObject({
    hostKey: first.hostKey,
    installedAt: first.installedAt,
  });
  const same = await bootMode.read('x', first);
  expect(await bootMode.diff('x', { ...first, ...same.props }, inputs)).toMatchObject({ changes: false });

  await cloud.powerOff(inputs.server, Deadline.after(60));
  const off = await bootMode.read('x', first);
  expect(off.props).toMatchObject({ power: 'off', reachable: false });
  const olds = { ...first, ...off.props };
  expect(await bootMode.diff('x', olds, inputs)).toMatchObject({ changes: true, replaces: [] });
  const { outs } = await bootMode.update('x', olds, inputs);
  expect(outs).toMatchObject({ power: 'running', reachable: true, hostKey: first.hostKey });
  expect(await writes('edge-1')).toBe(1);
}, 600_000);

test('killed while typing, while writing and while booting, the next run ends right', async () => {
  const inputs = embedded.inputs(await embedded.newServer('edge-2'), 'edge-2', good);
  await killWhen(inputs, async () => (await transcripts('edge-2')).includes('dhcp, attempt 1'));
  expect(await phase(inputs.server)).toBe('flashing');
  await killWhen(inputs, async () => (await transcripts('edge-2')).includes('progress phase=write'));
  expect(await phase(inputs.server)).toBe('flashing');
  await killWhen(inputs, async () => {
    const view = await cloud.observe(inputs.server);
    return (
      (await phase(inputs.server)) === 'flashed' && view?.power === 'running' && view.bootSource === 'disk'
    );
  });
  expect(await phase(inputs.server)).toBe('flashed');
  const before = await writes('edge-2');
  expect(await embedded.boot(inputs)).toMatchObject({ build: '20261121_0900', state: 'booted' });
  expect(await phase(inputs.server)).toBe('booted');
  // What was whole on the disk was not written again.
  expect(await writes('edge-2')).toBe(before);
}, 900_000);

/** Boots in a process of its own and ends that with SIGKILL at the moment when `isTime`. */
async function killWhen(inputs: BootInputs, isTime: () => Promise<boolean>): Promise<void> {
  const child = spawn(process.execPath, ['test/components/boot-mode/boot-child.ts', JSON.stringify(inputs)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  try {
    await poll({
      deadline: Deadline.after(300),
      every: 0.1,
      onTimeout: () => new Error('the moment to kill it never came'),
      probe: async () => {
        if (child.exitCode !== null) throw new Error('it ended before the moment to kill it');
        return (await isTime()) ? true : undefined;
      },
    });
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

test('script not found, digest wrong, and an image that does not boot: each its own error, and no disk that boots by halves', async () => {
  const inputs = embedded.inputs(await embedded.newServer('edge-3'), 'edge-3', good);
  const missing = inputs.scriptUrl.replace(/[0-9a-f]{16}\.ipxe$/, '0000000000000000.ipxe');
  const lost = embedded.boot({ ...inputs, scriptUrl: missing, blankDiskScriptUrl: undefined });
  await expect(lost).rejects.toMatchObject({ code: 'BF1212' });
  expect(await phase(inputs.server)).toBe('flashing');

  const altered = await embedded.publishWrongDigest(1);
  await expect(embedded.boot({ ...inputs, ...altered })).rejects.toMatchObject({ code: 'BF1210' });
  expect(await phase(inputs.server)).toBe('flashing');

  const broken = await embedded.publish(2, 'no-boot');
  const failed = embedded.boot({ ...inputs, ...broken, waits: { boot: 60 } });
  await expect(failed).rejects.toMatchObject({ code: expect.stringMatching(/^BF1(204|33[01])$/) as string });
  expect(await phase(inputs.server)).toBe('flashed');
}, 900_000);
