import { connect, type Socket } from 'node:net';
import { consoleDropped, consoleUnreachable } from '../../errors/console.ts';
import type { Deadline } from '../../waiting/deadline.ts';
import { EarlyBytes } from '../early-bytes.ts';
import type { ConsoleTransport } from '../transport.ts';

/** Which socket; see `openUnixSocket`. */
export interface UnixSocketOptions {
  /** Path of the socket, such as that of a QEMU character device. */
  readonly path: string;
  /** For messages. Default: `serial line at <path>`. */
  readonly description?: string;
  readonly deadline: Deadline;
}

/**
 * Opens a serial line served on a Unix socket.
 *
 * @throws BF1300 when nobody listens there or the deadline passes.
 */
export async function openUnixSocket(options: UnixSocketOptions): Promise<ConsoleTransport> {
  const { path, deadline, description = `serial line at ${path}` } = options;
  const socket = connect(path);
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const signal = deadline.signal;
  const onAbort = (): void => {
    reject(consoleUnreachable({ line: description, reason: `no answer within ${deadline.length / 1000} s` }));
  };
  signal.addEventListener('abort', onAbort, { once: true });
  const onError = (error: Error): void => {
    reject(consoleUnreachable({ line: description, reason: error.message }, { cause: error }));
  };
  socket.once('error', onError);
  socket.once('connect', () => {
    resolve(undefined);
  });
  if (signal.aborted) onAbort();
  try {
    await promise;
  } catch (error) {
    socket.on('error', () => undefined).destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
    socket.off('error', onError);
  }
  return new UnixSocketTransport(socket, description);
}

class UnixSocketTransport implements ConsoleTransport {
  readonly description: string;
  readonly closed: Promise<Error | undefined>;
  readonly #socket: Socket;
  readonly #arrived = new EarlyBytes();
  #closing = false;
  #error: Error | undefined;

  constructor(socket: Socket, description: string) {
    this.#socket = socket;
    this.description = description;
    socket.on('data', (bytes: Uint8Array) => {
      this.#arrived.push(bytes);
    });
    socket.on('error', (error) => {
      this.#error = error;
    });
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        const reason = this.#error?.message ?? 'the other side closed it';
        resolve(this.#closing ? undefined : consoleDropped({ line: description, reason }));
      });
    });
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#arrived.listen(listener);
  }

  async write(bytes: Uint8Array): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#socket.write(bytes, (error) => {
        if (error)
          reject(consoleDropped({ line: this.description, reason: error.message }, { cause: error }));
        else resolve();
      });
    });
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#socket.destroy();
    await this.closed;
  }
}
