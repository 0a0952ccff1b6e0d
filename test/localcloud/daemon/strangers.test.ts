import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EndpointsFile } from '../../../contracts/endpoints-file.ts';
import { cloudFolder } from '../../../localcloud/daemon/folder.ts';
import { startDaemon } from '../../../localcloud/daemon/start.ts';
import { stopDaemon } from '../../../localcloud/daemon/stop.ts';
import { Deadline } from '../../../waiting/deadline.ts';

// What somebody without the key can send to the API's port: a real daemon, because it is its process that must live.
let home = '';
let env: Record<string, string | undefined> = {};
let endpoints: EndpointsFile;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'strangers-'));
  env = { ...process.env, BOOTFLEET_HOME: home, BOOTFLEET_CACHE: join(home, 'cache') };
  endpoints = await startDaemon(
    { port: undefined, machines: 'simulated', storage: false, tied: true },
    Deadline.after(20),
    env,
  );
});
afterAll(async () => {
  await stopDaemon(Deadline.after(20), env);
  await rm(home, { recursive: true, force: true });
});

const upgrade = (path: string, key: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  `Sec-WebSocket-Version: 13\r\n${key}\r\n`;

/** Sends bytes, then resets the connection, at once or after the first word of an answer. */
async function sendAndReset(text: string, when: 'at once' | 'after the answer'): Promise<void> {
  const socket = connect(Number(new URL(endpoints.api).port), '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  await new Promise<void>((resolve) => {
    socket.write(text, () => {
      resolve();
    });
  });
  if (when === 'after the answer') await Promise.race([once(socket, 'data'), once(socket, 'close')]);
  const closed = once(socket, 'close');
  if (!socket.closed) {
    socket.resetAndDestroy();
    await closed;
  }
}

it.for([
  ['an upgrade at another path', upgrade('/x', '')],
  ['an upgrade at the console without a key', upgrade('/v2/ws', '')],
  ['an upgrade at the console', upgrade('/v2/ws', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n')],
  ['a tunnel', 'CONNECT localhost:22 HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['what is no HTTP', 'SSH-2.0-x\r\n\r\n'],
  ['half a body', 'POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{'],
  ['a request that waits for leave', 'POST /x HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n'],
] as const)('a connection that is reset after %s does not end the daemon', async ([, text]) => {
  for (let time = 0; time < 20; time += 1) await sendAndReset(text, 'at once');
  // A console that was opened says nothing before its ticket.
  if (!text.includes('AAAA')) await sendAndReset(text, 'after the answer');
  const answer = await fetch(`${endpoints.api}/bootfleet/v1/status`, {
    headers: { 'X-Auth-Token': endpoints.secretKey },
  });
  expect(((await answer.json()) as { pid: number }).pid).toBe(endpoints.pid);
});

it('strangers leave no line in the log', async () => {
  const log = await readFile(cloudFolder(env).log, 'utf8');
  expect(log.split('\n').filter((line) => !/"(starting|serving|fault)/.test(line) && line !== '')).toEqual(
    [],
  );
});
