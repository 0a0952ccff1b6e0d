import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { watchBoot } from '../../console/dialogues/boot-outcome/watch-boot.ts';
import { bootCommand, bootSlot } from '../../console/dialogues/openbsd-boot/commands.ts';
import { reachBootPrompt } from '../../console/dialogues/openbsd-boot/reach-boot-prompt.ts';
import { ConsoleSession } from '../../console/session.ts';
import { Deadline } from '../../waiting/deadline.ts';
import { startIpxeMachine, type IpxeMachine } from './machines/ipxe-machine.ts';

let folder: string;
let disk: string;
let machine: IpxeMachine;
let session: ConsoleSession;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bootfleet-boot-prompt-'));
  const build = ['guest/appliance/build.ts', '--version', '1', '--out', folder, '--no-sign'];
  await promisify(execFile)(process.execPath, build);
  disk = join(folder, (await readdir(folder)).find((name) => name.endsWith('.img')) ?? 'missing');
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

afterEach(async () => {
  await session.close();
  await machine.stop();
});

async function start(): Promise<void> {
  machine = await startIpxeMachine('', disk);
  session = new ConsoleSession({ transport: machine.transport, machine: 'edge-1' });
}

test('left alone, the appliance boots its first slot and says so', async () => {
  await start();
  const outcome = await watchBoot(session, { deadline: Deadline.after(120) });
  expect(outcome).toMatchObject({ how: 'booted', slot: 'd' });
  expect(outcome.hostKey).toMatch(/^ssh-ed25519 /);
});

test('at its boot prompt it is sent to the slot asked for', async () => {
  await start();
  await bootSlot(session, { device: 'hd0d', deadline: Deadline.after(120) });
  expect(await watchBoot(session, { deadline: Deadline.after(120) })).toMatchObject({
    how: 'booted',
    slot: 'd',
  });
});

test('an empty slot is told from one that boots', async () => {
  await start();
  await bootSlot(session, { device: 'hd0e', deadline: Deadline.after(120) });
  await expect(watchBoot(session, { deadline: Deadline.after(120) })).rejects.toThrow(
    /BF1331: .*no system in that slot/,
  );
});

test('a device that it does not have is refused, and the prompt is still there', async () => {
  await start();
  await reachBootPrompt(session);
  await bootCommand(session, 'set tty com0');
  await expect(bootCommand(session, 'set device sd9z')).rejects.toThrow(/BF1341/);
  await bootCommand(session, 'set device hd0d');
});
