import { setTimeout as pause } from 'node:timers/promises';
import ssh2 from 'ssh2';
import { hostKeyMismatch, noCommonAlgorithm, sshRefused, sshUnreachable } from '../errors/machine.ts';
import { BootfleetError } from '../errors/error.ts';
import type { Deadline } from '../waiting/deadline.ts';
import { fingerprint, hostKeyText, parseHostKey, sameHostKey, signatureAlgorithms } from './host-key.ts';
import { readKey } from './key-file.ts';
import { KeyExchange } from './key-exchange.ts';
import { pauseAfter } from './pause-after.ts';
import { type RemoteSession, SshSession } from './session.ts';
import { CutShort, openSpeakingSocket, silenceAllowed, SilentServer } from './speaking-socket.ts';

/**
 * Ciphers, best first. AES-GCM where the server has it; else ChaCha20, and only then AES in counter mode, which needs a
 * second pass over every byte for its authentication: on a processor without AES instructions it takes 1.7 times as long.
 */
const ciphers = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'chacha20-poly1305@openssh.com',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
] as const;

/** Where and as whom to log in. */
export interface RemoteTarget {
  /** The machine's name, for messages. */
  readonly machine: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** File with the private key, readable by its owner only. */
  readonly keyFile: string;
}

/** How to connect; only target and deadline have no default. */
export interface ConnectOptions {
  readonly target: RemoteTarget;
  /** Until when to go on trying, for a machine that still boots. */
  readonly deadline: Deadline;
  /** The recorded host key (`ssh-ed25519 AAAA...`). Absent: the key of this first contact is taken, and said to be so. */
  readonly hostKey?: string | undefined;
  /** Seconds from an attempt that failed to the next; default 1, none after silence, up to 5 after refused logins. */
  readonly every?: number;
  /**
   * Seconds for which a refused login is put down to a boot: machines start their SSH server before they have fetched
   * their keys. Default: until the deadline. For a machine that is known to run: a few seconds.
   */
  readonly refusalGrace?: number;
  /** Seconds for one attempt, handshake included; default 30, because a new machine's first handshake is slow. */
  readonly attemptTimeout?: number;
  /** Seconds that the first attempt waits for the server's first word; default 2. Each further one waits longer. */
  readonly silence?: number;
  /** Seconds between two signs of life; default 5. A peer that misses three is given up. */
  readonly keepalive?: number;
  /** Called before each new attempt with the reason of the last failure. */
  readonly onRetry?: (reason: string) => void;
}

/**
 * Logs in to a machine, trying again while it boots, also when it refuses the login. A host key that differs from the
 * recorded one, a key that cannot be used, and a server with which no algorithm is in common end it at once.
 *
 * @throws BF1600 not reachable in time, BF1601 wrong host key, BF1602 login refused to the end, BF1603 and BF1608 bad
 *   key file, BF1607 nothing in common.
 * @example
 * const session = await connectRemote({ target, hostKey, deadline: Deadline.after(120) });
 */
export async function connectRemote(options: ConnectOptions): Promise<RemoteSession> {
  const { target, deadline } = options;
  const privateKey = await readKey(target.keyFile);
  const every = (options.every ?? 1) * 1000;
  let silences = 0;
  let refusals = 0;
  let refusedSince = 0;
  let last: unknown;
  for (;;) {
    try {
      return await attempt(options, privateKey, silences);
    } catch (error) {
      const isRefusal = isRefused(error);
      if (error instanceof BootfleetError && !isRefusal) throw error;
      if (error instanceof SilentServer) silences += 1;
      // The attempt that the deadline has ended says nothing of the machine; the one before it does.
      if (last === undefined || !(error instanceof CutShort)) last = error;
      if (isRefusal) {
        if (refusals === 0) refusedSince = performance.now();
        refusals += 1;
        if (performance.now() - refusedSince >= (options.refusalGrace ?? Infinity) * 1000) throw error;
      }
      const rest = pauseAfter({
        every,
        isSilence: error instanceof SilentServer,
        refusals: isRefusal ? refusals : 0,
      });
      if (deadline.passed || deadline.left <= every) throw givenUp(options, last);
      options.onRetry?.(reasonOf(last));
      await pause(Math.min(rest, deadline.left - every), undefined, { signal: deadline.signal }).catch(
        () => undefined,
      );
    }
  }
}

/** What the last attempt that says something met, as the reason. */
function givenUp({ target, deadline }: ConnectOptions, last: unknown): Error {
  if (isRefused(last)) return last;
  const seconds = Math.round(deadline.length / 1000);
  return sshUnreachable({
    machine: target.machine,
    address: addressText(target),
    seconds,
    last: reasonOf(last),
  });
}

function isRefused(error: unknown): error is BootfleetError {
  return error instanceof BootfleetError && error.code === sshRefused.definition.code;
}

/** One attempt, after so many silent ones. Throws a BootfleetError for what no repetition mends, any other error for what one may. */
async function attempt(
  options: ConnectOptions,
  privateKey: Buffer,
  silences: number,
): Promise<RemoteSession> {
  const { target, hostKey, deadline } = options;
  const expected = hostKey === undefined ? undefined : parseHostKey(hostKey);
  const most = (options.attemptTimeout ?? 30) * 1000;
  const silence = silenceAllowed(silences, (options.silence ?? 2) * 1000, most);
  const { host, port } = target;
  const sock = await openSpeakingSocket({ host, port, silence, signal: deadline.signal });
  const client = new ssh2.Client();
  const exchange = new KeyExchange();
  let seen: string | undefined;
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  client.on('ready', () => {
    resolve(undefined);
  });
  client.on('error', reject);
  client.on('close', () => {
    reject(new Error('connection closed'));
  });
  const stop = (): void => {
    reject(new CutShort());
  };
  const { signal } = deadline;
  signal.addEventListener('abort', stop);
  try {
    client.connect({
      sock,
      debug: exchange.note,
      username: target.user,
      privateKey,
      readyTimeout: most,
      keepaliveInterval: (options.keepalive ?? 5) * 1000,
      keepaliveCountMax: 3,
      algorithms: {
        cipher: [...ciphers],
        ...(expected && { serverHostKey: [...signatureAlgorithms(expected.type)] as never }),
      },
      hostVerifier: (key: Buffer) => {
        seen = hostKeyText(key);
        return hostKey === undefined || sameHostKey(seen, hostKey);
      },
    });
    await promise;
    if (seen === undefined) throw new Error('the server showed no host key');
    return new SshSession(client, target.machine, seen, hostKey === undefined ? 'first-contact' : 'pinned');
  } catch (error) {
    client.destroy();
    const address = addressText(target);
    if (hostKey !== undefined && isKeyTrouble(error, seen, hostKey)) {
      const found =
        seen === undefined ? `of another type than ${expected?.type ?? 'recorded'}` : fingerprint(seen);
      throw hostKeyMismatch({ machine: target.machine, address, expected: fingerprint(hostKey), found });
    }
    if ((error as { level?: string }).level === 'client-authentication') {
      const { machine, user, keyFile } = target;
      throw sshRefused({ machine, address, user, keyFile }, { cause: error });
    }
    const lacking = exchange.nothingInCommon(error);
    if (lacking) throw noCommonAlgorithm({ machine: target.machine, address, ...lacking }, { cause: error });
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    client.on('error', () => undefined);
  }
}

/** A key that differs, or no key of the recorded type at all (the handshake then finds no common algorithm). */
function isKeyTrouble(error: unknown, seen: string | undefined, recorded: string): boolean {
  if (seen !== undefined) return !sameHostKey(seen, recorded);
  return /no matching host key/i.test((error as Error).message);
}

function reasonOf(error: unknown): string {
  if (error instanceof BootfleetError) return error.summary;
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}

function addressText(target: RemoteTarget): string {
  return `${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`;
}
