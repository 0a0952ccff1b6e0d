import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openUnixSocket } from '../../../console/transports/unix-socket.ts';
import { Deadline } from '../../../waiting/deadline.ts';

let folder: string;
let path: string;
let server: Server;
let peer: Promise<Socket>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bootfleet-socket-'));
  path = join(folder, 'serial');
  const { promise, resolve } = Promise.withResolvers<Socket>();
  peer = promise;
  server = createServer(resolve).listen(path);
  await once(server, 'listening');
});

afterEach(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

test('bytes go both ways, and those that came before the listener are kept', async () => {
  const line = await openUnixSocket({ path, deadline: Deadline.after(20) });
  const far = await peer;
  far.write('early ');
  await new Promise((resolve) => setTimeout(resolve, 20));
  let heard = '';
  line.onData((bytes) => {
    heard += Buffer.from(bytes).toString();
  });
  far.write('late');
  const [arrived] = (await Promise.all([once(far, 'data'), line.write(new Uint8Array([65, 66]))]))[0] as [
    Buffer,
  ];
  expect(arrived.toString()).toBe('AB');
  await expect.poll(() => heard).toBe('early late');
  await line.close();
  await line.close();
  expect(await line.closed).toBeUndefined();
});

test('the far end going away is BF1302', async () => {
  const line = await openUnixSocket({ path, deadline: Deadline.after(20) });
  (await peer).destroy();
  expect(String(await line.closed)).toMatch(/BF1302/);
});

test('no socket is BF1300', async () => {
  await expect(openUnixSocket({ path: join(folder, 'none'), deadline: Deadline.after(20) })).rejects.toThrow(
    /BF1300/,
  );
});
