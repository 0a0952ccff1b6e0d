import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SerialHub } from '../../../localcloud/serial/serial-hub.ts';
import type { SerialFiles } from '../../../localcloud/serial/serial-store.ts';
import { Reader } from '../machines/lab.ts';

let folder: string;
let files: SerialFiles;
let server: Server;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-'));
  files = { serialLog: join(folder, 'log'), scrollBack: join(folder, 'past') };
  server = createServer();
  await new Promise<void>((resolve) => server.listen(join(folder, 's'), resolve));
});
afterEach(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Connects the hub to a stand-in for QEMU's side and gives that side. */
async function plug(hub: SerialHub): Promise<Socket> {
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  hub.connect(connect(join(folder, 's')));
  const [machine] = await accepted;
  machine.on('error', () => undefined);
  return machine;
}

test('several viewers see the same, a late one the scroll-back first, a detached one nothing more', async () => {
  const hub = new SerialHub(files);
  const [one, two] = [new Reader(hub.attach()), new Reader(hub.attach())];
  const machine = await plug(hub);
  machine.write('hello ');
  await one.until('hello ');
  two.detach();
  const late = new Reader(hub.attach());
  machine.write('world');
  await late.until('hello world');
  expect([one.text, two.text, late.text]).toEqual(['hello world', 'hello ', 'hello world']);
  hub.disconnect();
});

test('writes of several viewers arrive whole and in order; with the machine off they go nowhere', async () => {
  const hub = new SerialHub(files);
  const [one, two] = [hub.attach(), hub.attach()];
  one.write(Buffer.from('lost'));
  const machine = await plug(hub);
  let typed = '';
  machine.on('data', (bytes) => (typed += bytes.toString()));
  for (let count = 0; count < 10; count++) {
    one.write(Buffer.from('aaaa'));
    two.write(Buffer.from('bb'));
  }
  two.write(Buffer.from('.'));
  while (!typed.endsWith('.')) await once(machine, 'data');
  expect(typed).toBe(`${'aaaabb'.repeat(10)}.`);
  hub.disconnect();
});

test('what nobody reads is bounded', async () => {
  const hub = new SerialHub(files);
  const machine = await plug(hub);
  machine.pause();
  const viewer = hub.attach();
  for (let count = 0; count < 1000; count++) viewer.write(Buffer.alloc(4096));
  let received = 0;
  machine.on('data', (bytes) => (received += bytes.length));
  hub.disconnect();
  machine.resume();
  await once(machine, 'close');
  expect(received).toBeLessThan(1_000_000);
});

test('a new daemon has the past, also of the time without one; files stay bounded', async () => {
  await writeFile(files.serialLog, 'before ');
  const first = new SerialHub(files, 1000);
  first.compactNow();
  expect((await stat(files.serialLog)).size).toBe(0);
  await appendFile(files.serialLog, 'meanwhile ');
  const second = new SerialHub(files, 1000);
  const reader = new Reader(second.attach());
  expect(reader.text).toBe('before meanwhile ');
  const machine = await plug(second);
  await appendFile(files.serialLog, 'until now ');
  second.reload();
  machine.write('live');
  const seen = new Reader(second.attach());
  await seen.until('before meanwhile until now live');
  for (let count = 0; count < 10; count++) machine.write('x'.repeat(600));
  machine.write('end');
  await seen.until('end');
  expect((await readFile(files.scrollBack)).length).toBe(1000);
  second.disconnect();
});
