import { spawn, type ChildProcess } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { storageNotStarted } from '../../errors/localcloud.ts';
import { Deadline } from '../../waiting/deadline.ts';
import { poll } from '../../waiting/poll.ts';

/** Seconds until a new process must answer. */
const startSeconds = 15;

/** How one gateway process is started. */
export interface GatewayParts {
  /** The versitygw program. */
  readonly program: string;
  /** Buckets are folders in it, objects files. */
  readonly objects: string;
  /** For metadata of objects, where the file system has no extended attributes. */
  readonly sidecar?: string;
  readonly port: number;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /**
   * Path of its health check, which answers 200 without a signature. New for each process, so that no other gateway on
   * the port is taken for this one.
   */
  readonly healthPath: string;
  /** Its stdout and stderr are appended here. */
  readonly log: string;
}

/** Arguments of versitygw; the keys go through the environment, where other users cannot read them. */
export function gatewayArguments(
  parts: Omit<GatewayParts, 'program' | 'accessKey' | 'secretKey' | 'log'>,
): string[] {
  return [
    ...[
      '--port',
      `127.0.0.1:${parts.port}`,
      '--region',
      parts.region,
      '--quiet',
      '--health',
      parts.healthPath,
    ],
    ...['posix', ...(parts.sidecar ? ['--sidecar', parts.sidecar] : []), parts.objects],
  ];
}

/** Starts a gateway; resolves once it answers. Throws BF1841 with its own words, and no process is left then. */
export async function startGateway(parts: GatewayParts): Promise<ChildProcess> {
  const log = await open(parts.log, 'a', 0o600);
  const logged = (await log.stat()).size;
  const gateway = spawn(parts.program, gatewayArguments(parts), {
    stdio: ['ignore', log.fd, log.fd],
    // Its own group, so that Ctrl-C on the daemon's terminal leaves it to the daemon's orderly stop.
    detached: true,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      ROOT_ACCESS_KEY: parts.accessKey,
      ROOT_SECRET_KEY: parts.secretKey,
    },
  });
  await log.close();
  let spawnError: Error | undefined;
  gateway.on('error', (error) => {
    spawnError = error;
  });
  try {
    await poll({
      probe: async () => {
        if (spawnError) throw spawnError;
        if (hasEnded(gateway)) throw new Error(endOf(gateway));
        return (await answers(parts)) ? true : undefined;
      },
      deadline: Deadline.after(startSeconds),
      every: 0.02,
      onTimeout: () => new Error(`did not answer within ${startSeconds} s`),
    });
    return gateway;
  } catch (error) {
    await endGateway(gateway);
    const said = (await readFile(parts.log)).subarray(logged).toString('utf8').trim().slice(-500);
    throw storageNotStarted({
      problem: error instanceof Error ? error.message : String(error),
      said: said || 'nothing',
      log: parts.log,
    });
  }
}

/** Ends a gateway: asked first, killed after `seconds` (default 5). Resolves when it is gone. */
export async function endGateway(gateway: ChildProcess, seconds = 5): Promise<void> {
  if (gateway.pid === undefined || hasEnded(gateway)) return;
  const ended = new Promise<void>((resolve) => {
    gateway.once('exit', () => {
      resolve();
    });
  });
  gateway.kill('SIGTERM');
  const impatience = setTimeout(() => gateway.kill('SIGKILL'), seconds * 1000);
  await ended;
  clearTimeout(impatience);
}

/** How it ended, for a message. */
export function endOf(gateway: ChildProcess): string {
  return gateway.signalCode
    ? `was ended by ${gateway.signalCode}`
    : `ended with status ${gateway.exitCode ?? 'unknown'}`;
}

function hasEnded(gateway: ChildProcess): boolean {
  return gateway.exitCode !== null || gateway.signalCode !== null;
}

/** True when this gateway's health check answers. */
async function answers({ port, healthPath }: GatewayParts): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let answer = '';
    socket.setTimeout(1000, () => socket.destroy());
    socket.on('connect', () => socket.write(`GET ${healthPath} HTTP/1.0\r\n\r\n`));
    socket.on('data', (bytes) => (answer += bytes.toString('latin1')));
    // Refused or cut off: not yet; 'close' follows.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve(/^HTTP\/1\.[01] 200 /.test(answer));
    });
  });
}
