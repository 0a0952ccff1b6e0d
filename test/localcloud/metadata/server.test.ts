import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { serveMetadata } from '../../../localcloud/metadata/server.ts';
import { MetadataMemory } from './metadata-memory.ts';

let folder: string;
let source: MetadataMemory;
let port: number | undefined;
let service: { close(): Promise<void> };
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'metadata-'));
  source = new MetadataMemory();
  port = 700;
  service = await serveMetadata({
    id: 'x',
    socketPath: join(folder, 'x', 'md'),
    source,
    sourcePort: () => Promise.resolve(port),
  });
});
afterEach(async () => {
  await service.close();
  await rm(folder, { recursive: true, force: true });
});

async function ask(method: string, path: string, body?: string | Buffer): Promise<[number, string]> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: join(folder, 'x', 'md'), method, path }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      answer.on('end', () => {
        resolve([answer.statusCode ?? 0, text]);
      });
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

test('the socket is the owner’s alone', async () => {
  expect((await stat(join(folder, 'x', 'md'))).mode & 0o777).toBe(0o600);
});

test('conf in both forms; gone with the server', async () => {
  expect(await ask('GET', '/conf')).toEqual([200, expect.stringContaining('NAME=edge-1\n')]);
  expect(JSON.parse((await ask('GET', '/conf?format=json'))[1])).toMatchObject({ name: 'edge-1' });
  source.conf_ = undefined;
  expect((await ask('GET', '/conf'))[0]).toBe(404);
});

test('user data: read, written, listed and deleted from a privileged port', async () => {
  expect(await ask('GET', '/user_data/k')).toEqual([404, '']);
  expect(await ask('PATCH', '/user_data/k', 'value\n')).toEqual([204, '']);
  expect(await ask('GET', '/user_data/k')).toEqual([200, 'value\n']);
  expect(await ask('GET', '/user_data')).toEqual([200, 'USER_DATA=1\nUSER_DATA_0=k\n']);
  expect(await ask('GET', '/user_data?format=json')).toEqual([200, '{"user_data":["k"]}']);
  expect(await ask('DELETE', '/user_data/k')).toEqual([204, '']);
  expect(await ask('DELETE', '/user_data/k')).toEqual([404, '']);
});

test.each([1024, 51736, undefined])(
  'user data from port %s is refused whatever is asked, and nothing changes',
  async (from) => {
    port = from;
    source.data.set('k', Buffer.from('secret'));
    for (const [method, path] of [
      ['GET', '/user_data'],
      ['GET', '/user_data/k'],
      ['PATCH', '/user_data/k'],
      ['DELETE', '/user_data/k'],
    ] as const) {
      const [status, text] = await ask(method, path, method === 'PATCH' ? 'x' : undefined);
      expect(status).toBe(403);
      expect(text).not.toContain('secret');
    }
    expect(Buffer.from(source.data.get('k') ?? []).toString()).toBe('secret');
    expect((await ask('GET', '/conf'))[0]).toBe(200);
  },
);

test('state is taken from any port, nonsense is not', async () => {
  port = 50000;
  expect((await ask('PATCH', '/state', '{"state_detail":"booted"}'))[0]).toBe(200);
  expect((await ask('PATCH', '/state', 'booted'))[0]).toBe(400);
  expect(source.states).toEqual(['booted']);
});

test('a client that ends its side after the request still gets the answer', async () => {
  const socket = connect({ path: join(folder, 'x', 'md'), allowHalfOpen: true });
  let answer = '';
  socket.on('data', (bytes) => (answer += bytes.toString()));
  socket.end('GET /conf HTTP/1.0\r\n\r\n');
  await once(socket, 'end');
  expect(answer).toMatch(/^HTTP\/1.1 200 .*NAME=edge-1/s);
});

test('bodies are bounded', async () => {
  expect((await ask('PATCH', '/user_data/k', Buffer.alloc(128 * 1024)))[0]).toBe(204);
  const refused = await ask('PATCH', '/user_data/big', Buffer.alloc(128 * 1024 + 1)).catch(() => 'cut');
  // The answer may be lost when the connection ends while the body is still being sent.
  if (refused !== 'cut') expect(refused[0]).toBe(413);
  expect(source.data.has('big')).toBe(false);
});

test('a failing store is a 500 without its words', async () => {
  source.conf = () => Promise.reject(new Error('inner detail'));
  expect(await ask('GET', '/conf')).toEqual([500, '']);
});
