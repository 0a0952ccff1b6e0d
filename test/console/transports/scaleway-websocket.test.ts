import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import {
  openScalewayConsole,
  type ScalewayConsoleOptions,
} from '../../../console/transports/scaleway-websocket.ts';
import { Deadline } from '../../../waiting/deadline.ts';

const secretKey = '11111111-2222-3333-4444-555555555555';
let server: WebSocketServer;
let frames: string[];
let onFrame: (frame: string, socket: WebSocket) => void;

beforeEach(async () => {
  frames = [];
  onFrame = (frame, socket) => {
    if (frame === '2') socket.send('2');
  };
  server = new WebSocketServer({ host: '127.0.0.1', port: 0, path: '/v2/ws' });
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      const frame = Buffer.from(data as Buffer).toString();
      frames.push(frame);
      onFrame(frame, socket);
    });
  });
  await once(server, 'listening');
});

afterEach(() => {
  for (const client of server.clients) client.terminate();
  server.close();
});

function open(options: Partial<ScalewayConsoleOptions> = {}): ReturnType<typeof openScalewayConsole> {
  return openScalewayConsole({
    gateway: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secretKey,
    serverId: 'a-server',
    description: 'serial console of edge-1',
    deadline: Deadline.after(20),
    ...options,
  });
}

test('logs in with the first frame, reads base64, writes raw, resizes and pings', async () => {
  const line = await open({ pingEvery: 0.02 });
  const arrived: string[] = [];
  for (const client of server.clients) {
    client.send(`3some title`);
    client.send(`1${Buffer.from('iPXE> ä').toString('base64')}`);
  }
  await new Promise<void>((resolve) => {
    line.onData((bytes) => {
      arrived.push(Buffer.from(bytes).toString());
      resolve();
    });
  });
  await line.write(new TextEncoder().encode('dhcp\r'));
  line.resize(100, 30);
  await expect.poll(() => frames.filter((frame) => frame === '2').length).toBeGreaterThan(2);
  await line.close();
  expect(await line.closed).toBeUndefined();
  expect(arrived).toEqual(['iPXE> ä']);
  expect(frames[0]).toBe(`{"AuthToken":"","Arguments":"?arg=${secretKey}&arg=a-server"}`);
  expect(frames).toContain('1dhcp\r');
  expect(frames).toContain('3{"columns":100,"rows":30}');
});

test('a refused ticket is BF1301, without the secret', async () => {
  onFrame = (_frame, socket) => {
    socket.close(1008, 'invalid token');
  };
  const error: unknown = await open().then(
    () => new Error('it opened'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error('not an error');
  expect(error.message).toMatch(/BF1301: .*edge-1: 1008 invalid token/);
  expect(JSON.stringify(error) + error.message).not.toContain(secretKey);
});

test('nobody listening is BF1300', async () => {
  await expect(open({ gateway: 'ws://127.0.0.1:1' })).rejects.toThrow(/BF1300: .*ECONNREFUSED/);
});

test('a gateway that never answers the handshake is BF1300 at the deadline', async () => {
  const silent = (await import('node:net')).createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const gateway = `ws://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  await expect(open({ gateway, deadline: Deadline.after(0.2) })).rejects.toThrow(/BF1300/);
  silent.close();
});

test('another path than the gateway has is refused with its status', async () => {
  const gateway = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/elsewhere`;
  await expect(open({ gateway })).rejects.toThrow(/BF1300: .*HTTP status 400/);
});

test('a quiet line counts as open', async () => {
  onFrame = () => undefined;
  const line = await open({ quietAfter: 0.05 });
  await line.close();
});

test('a gateway that has answered a ping and answers no more is gone', async () => {
  let answers = 2;
  onFrame = (frame, socket) => {
    if (frame === '2' && answers-- > 0) socket.send('2');
  };
  const line = await open({ pingEvery: 0.02 });
  expect(String(await line.closed)).toMatch(
    /BF1302: .*edge-1 ended: nothing came from the gateway for 0\.06 s, not even an answer to 3 pings/,
  );
});

test('a gateway that answers no ping but goes on talking is there, and so is one that never answered any', async () => {
  let answers = 1;
  let pings = 0;
  const seen = Promise.withResolvers<undefined>();
  onFrame = (frame, socket) => {
    if (frame !== '2') return;
    pings += 1;
    if (answers-- > 0) socket.send('2');
    else socket.send(`1${Buffer.from('x').toString('base64')}`);
    if (pings > 10) seen.resolve(undefined);
  };
  const talking = await open({ pingEvery: 0.01 });
  await seen.promise;
  await talking.close();
  expect(await talking.closed).toBeUndefined();
  const quiet = Promise.withResolvers<undefined>();
  pings = 0;
  onFrame = (frame) => {
    if (frame === '2' && (pings += 1) > 10) quiet.resolve(undefined);
  };
  const silent = await open({ pingEvery: 0.01, quietAfter: 0.01 });
  await quiet.promise;
  await silent.close();
  expect(await silent.closed).toBeUndefined();
});

test('a dropped line resolves `closed` with BF1302, and later writes fail', async () => {
  const line = await open();
  for (const client of server.clients) client.terminate();
  expect(String(await line.closed)).toMatch(/BF1302: .*edge-1 ended: closed by the gateway \(1006\)/);
  await expect(line.write(new Uint8Array([65]))).rejects.toThrow(/BF1302/);
});
