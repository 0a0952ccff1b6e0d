import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { connectRemote } from '../../remote/connect.ts';
import { openSpeakingSocket, silenceAllowed, SilentServer } from '../../remote/speaking-socket.ts';
import { Deadline } from '../../waiting/deadline.ts';
import { ownAddress } from '../own-address.ts';
import { startSshServer } from './ssh-server.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A server that does this with its n-th connection, from 1. */
async function server(treat: (socket: Socket, connection: number) => void): Promise<number> {
  let connections = 0;
  const sockets = new Set<Socket>();
  const listener: Server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    treat(socket, (connections += 1));
  });
  await new Promise<void>((resolve) => listener.listen(0, ownAddress, resolve));
  ends.push(() => {
    sockets.forEach((socket) => socket.destroy());
    return new Promise((resolve) => listener.close(resolve));
  });
  return (listener.address() as AddressInfo).port;
}

const open = (port: number, silence: number, signal = new AbortController().signal): Promise<Socket> =>
  openSpeakingSocket({ host: ownAddress, port, silence, signal });

test('what the server said first is still there to be read', async () => {
  const port = await server((socket) => socket.write('SSH-2.0-test\r\n'));
  const socket = await open(port, 5000);
  ends.push(() => socket.destroy());
  const said = await new Promise<string>((resolve) => {
    socket.on('data', (bytes: Buffer) => {
      resolve(bytes.toString());
    });
    socket.resume();
  });
  expect(said).toBe('SSH-2.0-test\r\n');
});

test('silence, an end without a word, a refusal and an interruption are told apart', async () => {
  const silent = await server(() => undefined);
  await expect(open(silent, 20)).rejects.toThrow(SilentServer);
  const rude = await server((socket) => socket.end());
  await expect(open(rude, 5000)).rejects.toThrow('connection closed without a word');
  await expect(open(silent, 5000, AbortSignal.timeout(20))).rejects.toThrow('interrupted or out of time');
  await expect(open(silent, 5000, AbortSignal.abort())).rejects.toThrow('interrupted or out of time');
  await ends.pop()?.();
  await expect(open(rude, 5000)).rejects.toThrow('ECONNREFUSED');
});

test('a login gives up a connection that stays silent, and gets through with the next', async () => {
  const ssh = await startSshServer();
  ends.push(() => ssh.close());
  const seen: number[] = [];
  const port = await server((socket, connection) => {
    seen.push(connection);
    if (connection < 3) return;
    const behind = connect(ssh.port, ownAddress);
    behind
      .on('error', () => undefined)
      .pipe(socket)
      .pipe(behind);
  });
  const reasons: string[] = [];
  const target = { machine: 'edge-1', host: ownAddress, port, user: 'root', keyFile: ssh.keyFile };
  const session = await connectRemote({
    target,
    deadline: Deadline.after(60),
    silence: 0.1,
    every: 0.01,
    onRetry: (reason) => reasons.push(reason),
  });
  await session.close();
  expect(reasons.slice(0, 2)).toEqual([
    'no word from the server in 0.1 s',
    'no word from the server in 0.12 s',
  ]);
  // On a busy machine the third may be too late as well: each one that is, is followed by one that waits longer.
  expect(reasons).toEqual(
    reasons.map((_, n) => `no word from the server in ${silenceAllowed(n, 100, 30_000) / 1000} s`),
  );
  expect(seen).toEqual(Array.from({ length: reasons.length + 1 }, (_, n) => n + 1));
});

test('patience grows with each silence, up to the most', () => {
  fc.assert(
    fc.property(fc.nat(50), fc.integer({ min: 1, max: 10_000 }), fc.nat(20_000), (silences, first, more) => {
      const most = first + more;
      const now = silenceAllowed(silences, first, most);
      expect(now).toBeLessThanOrEqual(most);
      expect(silenceAllowed(0, first, most)).toBe(first);
      expect(silenceAllowed(silences + 1, first, most)).toBeGreaterThanOrEqual(now);
    }),
  );
});
