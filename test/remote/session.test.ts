import { chmod } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import ssh2 from 'ssh2';
import { afterEach, expect, test } from 'vitest';
import { connectRemote, type ConnectOptions } from '../../remote/connect.ts';
import { Deadline } from '../../waiting/deadline.ts';
import { ownAddress } from '../own-address.ts';
import { startSshServer, type TestServer } from './ssh-server.ts';

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});

async function server(options: Parameters<typeof startSshServer>[0] = {}): Promise<TestServer> {
  const started = await startSshServer(options);
  open.push(started);
  return started;
}

async function login(to: TestServer, more: Partial<ConnectOptions> = {}) {
  const session = await connectRemote({
    target: { machine: 'edge-1', host: ownAddress, port: to.port, user: 'root', keyFile: to.keyFile },
    deadline: Deadline.after(20),
    every: 0.02,
    ...more,
  });
  open.push(session);
  return session;
}

/** A server that does this with each connection. */
async function listening(treat: (socket: Socket) => unknown): Promise<number> {
  const sockets: Socket[] = [];
  const listener = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined));
    treat(socket);
  });
  await new Promise<void>((resolve) => listener.listen(0, ownAddress, resolve));
  open.push({
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => listener.close(resolve));
    },
  });
  return (listener.address() as AddressInfo).port;
}

const soon = () => ({ deadline: Deadline.after(20) });

test('runs a command and returns output, error output and status', async () => {
  const session = await login(await server());
  const result = await session.run(['sh', '-c', 'cat; echo "$1" >&2; exit 3', 'x', "it's"], {
    ...soon(),
    stdin: 'hello',
    allowFailure: true,
  });
  expect(result).toMatchObject({
    status: 3,
    stdout: 'hello',
    stderr: "it's\n",
    truncated: false,
    stdinComplete: true,
  });
});

test('a failed command is a coded error that names machine, command and what it said', async () => {
  const session = await login(await server());
  const failed = session.run(['sh', '-c', 'echo no space >&2; exit 1'], soon());
  await expect(failed).rejects.toMatchObject({
    code: 'BF1604',
    facts: { machine: 'edge-1', said: 'no space' },
  });
  await expect(session.run(['exec', 'sh', '-c', 'kill -9 $$'], soon())).rejects.toThrow('signal KILL');
  // A program may end with that number by itself: nobody killed it.
  await expect(session.run(['sh', '-c', 'exit 137'], soon())).rejects.toThrow(
    'ended with status 137 (its own, or signal KILL)',
  );
});

test('a write to a process whose input has ended ends nothing here', async () => {
  const session = await login(await server());
  const started = await session.start(['true'], soon());
  started.stdout.resume();
  started.stdin.end();
  const refused = new Promise((resolve) => started.stdin.write('too late', resolve));
  expect(await refused).toBeInstanceOf(Error);
  expect(await started.exited).toEqual({ status: 0 });
});

test('first contact is said to be so; the recorded key is accepted; another one never', async () => {
  const host = await server();
  const first = await login(host);
  expect([first.hostKey, first.hostKeySource]).toEqual([host.hostKey, 'first-contact']);
  const second = await login(host, { hostKey: `${host.hostKey} root@edge-1` });
  expect(second.hostKeySource).toBe('pinned');
  const other = await server();
  await expect(login(host, { hostKey: other.hostKey })).rejects.toMatchObject({ code: 'BF1601' });
});

test('a server with only another type of key is a mismatch, not a retry', async () => {
  const rsa = await server({ hostKey: ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 }).private });
  const recorded = (await server()).hostKey;
  const reasons: string[] = [];
  const onRetry = (reason: string): unknown => reasons.push(reason);
  const start = performance.now();
  await expect(
    login(rsa, { hostKey: recorded, deadline: Deadline.after(30), onRetry }),
  ).rejects.toMatchObject({ code: 'BF1601' });
  expect(reasons).toEqual([]);
  expect(performance.now() - start).toBeLessThan(5000);
});

test('waits for a machine that still boots', async () => {
  const gone = await startSshServer();
  await gone.close();
  const reasons: string[] = [];
  const host = await server();
  const target = {
    machine: 'edge-1',
    host: ownAddress,
    port: gone.port,
    user: 'root',
    keyFile: host.keyFile,
  };
  const waiting = connectRemote({
    target,
    deadline: Deadline.after(20),
    every: 0.02,
    refusalGrace: 0,
    onRetry: (reason) => {
      reasons.push(reason);
      // Another key than the one that it has: it is up, and waiting for it ends.
      if (reasons.length === 3) void server({ port: gone.port });
    },
  });
  await expect(waiting).rejects.toMatchObject({ code: 'BF1602' });
  expect(new Set(reasons)).toEqual(new Set(['ECONNREFUSED']));
});

test('a machine that does not come up: what the last attempt met that was not cut short', async () => {
  let attempts = 0;
  const over = new AbortController();
  // Refuses the first ones, and is silent at the third: the end of the wait cuts that one short.
  const port = await listening((socket) => {
    attempts += 1;
    if (attempts < 3) socket.end();
    else over.abort();
  });
  const { keyFile } = await server();
  const target = { machine: 'edge-1', host: ownAddress, port, user: 'root', keyFile };
  const waiting = connectRemote({
    target,
    deadline: Deadline.after(20, over.signal),
    every: 0.02,
    silence: 60,
  });
  await expect(waiting).rejects.toMatchObject({
    code: 'BF1600',
    facts: { last: 'connection closed without a word' },
  });
});

test('a login that is refused while a machine boots is tried again until the deadline', async () => {
  const reasons: string[] = [];
  const onRetry = (reason: string): unknown => reasons.push(reason);
  await login(await server({ refuses: 3 }), { onRetry });
  expect(reasons.length).toBe(3);
  expect(reasons[0]).toContain('refused the key');
  const strict = await server({ refuses: Infinity });
  await expect(login(strict, { deadline: Deadline.after(1) })).rejects.toMatchObject({ code: 'BF1602' });
});

test.each([
  ['cipher', { cipher: ['aes256-cbc'] }, 'aes256-cbc', 'aes128-gcm@openssh.com'],
  [
    'key exchange',
    { kex: ['diffie-hellman-group1-sha1'] },
    'diffie-hellman-group1-sha1',
    'curve25519-sha256',
  ],
  ['MAC', { hmac: ['hmac-md5'], cipher: ['aes256-ctr'] }, 'hmac-md5', 'hmac-sha2-256'],
] as const)(
  'nothing in common: no %s, said at once with what the server offers',
  async (what, algorithms, offered, known) => {
    const host = await server({ algorithms: algorithms as unknown as ssh2.Algorithms });
    const reasons: string[] = [];
    await expect(login(host, { onRetry: (reason) => reasons.push(reason) })).rejects.toMatchObject({
      code: 'BF1607',
      facts: { what, offered, known: expect.stringContaining(known) as string },
    });
    expect(reasons).toEqual([]);
  },
);

test('a refused key where no boot is waited for and a key file that others may read end it at once', async () => {
  const [host, other] = [await server(), await server()];
  const target = {
    machine: 'edge-1',
    host: ownAddress,
    port: host.port,
    user: 'root',
    keyFile: other.keyFile,
  };
  await expect(login(host, { target, refusalGrace: 0 })).rejects.toMatchObject({ code: 'BF1602' });
  await chmod(host.keyFile, 0o644);
  await expect(login(host)).rejects.toMatchObject({ code: 'BF1603' });
  await expect(login(host, { target: { ...target, keyFile: '/nonexistent' } })).rejects.toMatchObject({
    code: 'BF1603',
  });
});

/** A login shell that prints on each start and at its end, on both streams, and changes the exit status. */
const chatty = [
  '/bin/sh',
  '-c',
  'echo Welcome; echo "stty: not a terminal" >&2; /bin/sh "$@"; echo Bye; echo bye >&2; exit 9',
  'shell',
] as const;

test('what a login shell prints is in no answer, and its own exit status counts for nothing', async () => {
  const session = await login(await server({ shell: chatty }));
  const command = ['sh', '-c', 'echo said; echo trouble >&2; exit 3'];
  const result = await session.run(command, { ...soon(), allowFailure: true });
  expect(result).toMatchObject({ status: 3, stdout: 'said\n', stderr: 'trouble\n' });
  await expect(session.run(command, soon())).rejects.toMatchObject({
    facts: { said: 'trouble', how: 'status 3' },
  });
  // The conversations of the agent too: every byte of theirs has a meaning.
  const talk = await session.start(['cat'], soon());
  talk.stdin.end(Buffer.from([0x45, 0, 0x0a, 0xff]));
  expect(Buffer.concat((await talk.stdout.toArray()) as Buffer[]).toString('hex')).toBe('45000aff');
  expect(await talk.exited).toEqual({ status: 0 });
});

test('a login shell that runs nothing is told, with what it said', async () => {
  const shell = ['/bin/sh', '-c', 'echo This account is not available.; exit 1'] as const;
  const session = await login(await server({ shell }));
  await expect(session.run(['true'], soon())).rejects.toMatchObject({
    code: 'BF1609',
    facts: { machine: 'edge-1', command: 'true', said: 'This account is not available.' },
  });
  const started = await session.start(['true'], soon());
  await expect(started.exited).rejects.toMatchObject({ code: 'BF1609' });
});

test('a deadline stops the command, and a cut connection is noticed', async () => {
  const host = await server();
  const session = await login(host);
  await expect(session.run(['sleep', '60'], { deadline: Deadline.after(0.1) })).rejects.toMatchObject({
    code: 'BF1605',
  });
  const running = session.run(['sleep', '60'], soon());
  setTimeout(() => {
    host.cut();
  }, 50);
  await expect(running).rejects.toMatchObject({ code: 'BF1606' });
  expect(await session.closed).toBeInstanceOf(Error);
  await expect(session.run(['true'], soon())).rejects.toMatchObject({ code: 'BF1606' });
});

test('streams a large input with back-pressure and bounds what it keeps', async () => {
  const session = await login(await server());
  let produced = 0;
  async function* source() {
    for (let piece = 0; piece < 256; piece += 1) {
      produced += 65536;
      yield await Promise.resolve(new Uint8Array(65536));
    }
  }
  const counted = await session.run(['wc', '-c'], { deadline: Deadline.after(20), stdin: source() });
  expect(Number(counted.stdout)).toBe(produced);
  const large = await session.run(['head', '-c', '3000000', '/dev/zero'], {
    deadline: Deadline.after(20),
    largest: 1000,
  });
  expect([large.stdout.length, large.truncated]).toEqual([1000, true]);
});

test('a command that does not take its input does not hang it', async () => {
  const session = await login(await server());
  async function* endless() {
    for (;;) yield await Promise.resolve(new Uint8Array(65536));
  }
  const result = await session.run(['true'], { deadline: Deadline.after(20), stdin: endless() });
  expect(result).toMatchObject({ status: 0, stdinComplete: false });
});

test('a source that fails never looks like a whole input', async () => {
  const session = await login(await server());
  async function* broken() {
    yield await Promise.resolve(new Uint8Array(10));
    throw new Error('disk read error');
  }
  const command = ['sh', '-c', 'cat > /dev/null; echo end of input seen'];
  const failed = session.run(command, { ...soon(), stdin: broken() });
  await expect(failed).rejects.toThrow('disk read error');
});
