import { randomBytes } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Client, ClientChannel } from 'ssh2';
import { framedCommand } from '../contracts/framed-command.ts';
import { commandFailed, commandTimedOut, connectionLost, noCommandRun } from '../errors/machine.ts';
import type { Deadline } from '../waiting/deadline.ts';
import { Capture } from './capture.ts';
import { howEnded, type Exit } from './exit.ts';
import { feed, type Input } from './feed.ts';
import { FramedOutput } from './framed-output.ts';
import { quoteCommand } from './quote.ts';

/** How the host key of a session came to be trusted. */
export type HostKeyTrust = 'pinned' | 'first-contact';

/**
 * A process on a machine with its streams, for conversations in both directions. What the user's login shell prints is
 * in none of them.
 */
export interface RemoteProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** @throws BF1605 deadline passed (the process was stopped), BF1606 connection broke, BF1609 it was never run. */
  readonly exited: Promise<Exit>;
  /** Stops the process and closes its streams. Does nothing when it has ended. */
  kill(): void;
}

/** How to run a command; only the deadline has no default. */
export interface RunOptions {
  readonly deadline: Deadline;
  /** Sent with back-pressure; then the end of input. Default: empty input. */
  readonly stdin?: Input;
  /** Bytes kept of each of stdout and stderr, from their start; default 1 MiB. More is read and dropped. */
  readonly largest?: number;
  /** Hears of all output as it arrives. */
  readonly onOutput?: (bytes: Uint8Array, from: 'stdout' | 'stderr') => void;
  /** Return also when the command failed; default false. */
  readonly allowFailure?: boolean;
}

/** What a command did. */
export interface RunResult extends Exit {
  readonly stdout: string;
  readonly stderr: string;
  /** More came than was kept. */
  readonly truncated: boolean;
  /** All of the input was taken before the command ended. */
  readonly stdinComplete: boolean;
}

/** A logged-in machine. Several commands may run at once. */
export interface RemoteSession {
  readonly hostKey: string;
  readonly hostKeySource: HostKeyTrust;
  /**
   * Runs a program to its end.
   * @throws BF1604 it failed, BF1605 deadline passed, BF1606 connection broke, BF1609 the login shell did not run it.
   * @example const { stdout } = await session.run(['cat', '/resflash/BUILD'], { deadline: Deadline.after(10) });
   */
  run(argv: readonly string[], options: RunOptions): Promise<RunResult>;
  /** Starts a program. @throws BF1606 */
  start(argv: readonly string[], options: { readonly deadline: Deadline }): Promise<RemoteProcess>;
  /** Resolves when the connection has ended: `undefined` after `close()`, else the reason. Never rejects. */
  readonly closed: Promise<Error | undefined>;
  close(): Promise<void>;
}

/** A session over ssh2. Made by `connectRemote`. */
export class SshSession implements RemoteSession {
  readonly hostKey: string;
  readonly hostKeySource: HostKeyTrust;
  readonly closed: Promise<Error | undefined>;
  readonly #client: Client;
  readonly #machine: string;
  #failure: Error | undefined;
  #closing = false;

  constructor(client: Client, machine: string, hostKey: string, hostKeySource: HostKeyTrust) {
    this.#client = client;
    this.#machine = machine;
    this.hostKey = hostKey;
    this.hostKeySource = hostKeySource;
    client.on('error', (error: Error) => {
      this.#failure ??= error;
    });
    this.closed = new Promise((resolve) => {
      client.on('close', () => {
        resolve(this.#closing ? undefined : (this.#failure ?? new Error('connection closed')));
      });
    });
  }

  async start(
    argv: readonly string[],
    { deadline }: { readonly deadline: Deadline },
  ): Promise<RemoteProcess> {
    const command = nameOf(argv);
    return await new Promise((resolve, reject) => {
      const lost = (reason: string): void => {
        reject(connectionLost({ machine: this.#machine, command, reason }));
      };
      void this.closed.then((reason) => {
        lost(reason?.message ?? 'closed');
      });
      try {
        const nonce = randomBytes(8).toString('hex');
        this.#client.exec(framedCommand(quoteCommand(argv), nonce), (error, channel) => {
          if (error) {
            lost(error.message);
            return;
          }
          // Listened to at once: a quick command's exit status can come in the same packet as the channel.
          const stdout = channel.pipe(new FramedOutput(nonce));
          const stderr = channel.stderr.pipe(new FramedOutput(nonce));
          const exited = this.#exitOf(channel, { stdout, stderr }, command, deadline);
          exited.catch(() => undefined); // Reported to whoever awaits it; unawaited it must not end the process.
          resolve({
            stdin: channel,
            stdout,
            stderr,
            exited,
            kill: () => {
              stop(channel);
            },
          });
        });
      } catch (error) {
        lost((error as Error).message);
      }
    });
  }

  async run(argv: readonly string[], options: RunOptions): Promise<RunResult> {
    const started = await this.start(argv, options);
    const stdout = new Capture(options.largest);
    const stderr = new Capture(options.largest);
    started.stdout.on('data', (bytes: Buffer) => {
      stdout.add(bytes);
      options.onOutput?.(bytes, 'stdout');
    });
    started.stderr.on('data', (bytes: Buffer) => {
      stderr.add(bytes);
      options.onOutput?.(bytes, 'stderr');
    });
    const feeding = feed(started.stdin, options.stdin);
    // An input that fails at its source must not look like a complete one to the command.
    feeding.sourceFailed.catch(() => {
      started.kill();
    });
    const read = Promise.all([started.exited, finished(started.stdout), finished(started.stderr)]);
    const [exit] = await Promise.race([read, feeding.sourceFailed]);
    const result: RunResult = {
      ...exit,
      stdout: stdout.text,
      stderr: stderr.text,
      truncated: stdout.truncated || stderr.truncated,
      stdinComplete: feeding.complete(),
    };
    if (result.status !== 0 && !options.allowFailure) throw this.#failed(argv, result);
    return result;
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#client.end();
    const forced = setTimeout(() => this.#client.destroy(), 1000);
    await this.closed;
    clearTimeout(forced);
  }

  #exitOf(
    channel: ClientChannel,
    { stdout, stderr }: { readonly stdout: FramedOutput; readonly stderr: FramedOutput },
    command: string,
    deadline: Deadline,
  ): Promise<Exit> {
    const machine = this.#machine;
    // A write to a process that has gone must not end this one; 'close' follows and says how it went.
    channel.on('error', () => undefined);
    channel.stderr.on('error', () => undefined);
    return new Promise((resolve, reject) => {
      let exit: Exit | undefined;
      const { signal } = deadline;
      const late = (): void => {
        reject(commandTimedOut({ machine, command, seconds: Math.round(deadline.length / 1000) }));
        stop(channel);
      };
      signal.addEventListener('abort', late);
      if (signal.aborted) late();
      channel.on('exit', (status: number | null, name?: string) => {
        exit = status === null ? { signal: (name ?? 'unknown').replace(/^SIG/, '') } : { status };
      });
      channel.on('close', () => {
        signal.removeEventListener('abort', late);
        // Its last bytes may still be on their way through; a stream that was destroyed has not ended by itself.
        stderr.end();
        stdout.end(() => {
          if (stdout.status !== undefined) resolve({ status: stdout.status });
          else if (exit?.status !== undefined && !stdout.begun)
            reject(noCommandRun({ machine, command, said: stdout.noise || stderr.noise }));
          else if (exit) resolve(exit);
          else
            reject(connectionLost({ machine, command, reason: this.#failure?.message ?? 'no exit status' }));
        });
      });
    });
  }

  #failed(argv: readonly string[], result: RunResult): Error {
    const said = (result.stderr.trim() || result.stdout.trim()).slice(-300);
    return commandFailed({ machine: this.#machine, command: nameOf(argv), how: howEnded(result), said });
  }
}

/** A command for messages: short, on one line. */
function nameOf(argv: readonly string[]): string {
  const line = quoteCommand(argv).replace(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 77)}...` : line;
}

function stop(channel: ClientChannel): void {
  try {
    channel.signal('KILL');
  } catch {
    // The channel has ended already; closing it below is all that is left.
  }
  channel.close();
}
