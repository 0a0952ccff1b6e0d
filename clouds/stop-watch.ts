import { EarlyBytes } from '../console/early-bytes.ts';
import type { ConsoleTransport } from '../console/transport.ts';
import { findHostStop } from '../contracts/host-stop.ts';

/** See `endingWithItsMachine`. */
export interface StopWatchOptions {
  /** Asks the cloud why the machine stands still; `undefined` when it does not. */
  readonly stopped: () => Promise<string | undefined>;
  /** The error with which the line ends. */
  readonly error: (why: string) => Error;
  /** When the line was opened, in milliseconds since 1970: what it repeats of earlier times does not count. */
  readonly since?: number;
}

/** The longest line of the cloud's own, and then some. */
const mostHeld = 1000;

/**
 * A console that ends when the cloud says on it that the host stopped the machine: nothing more will come, so whoever waits
 * must not wait for a deadline. A guest could print such a line too, so the cloud is asked before it counts.
 */
export function endingWithItsMachine(line: ConsoleTransport, options: StopWatchOptions): ConsoleTransport {
  const { stopped, error, since = Date.now() } = options;
  const ended = Promise.withResolvers<Error | undefined>();
  let held = '';
  void line.closed.then(ended.resolve);
  const confirm = async (): Promise<void> => {
    const why = await stopped();
    if (why === undefined) return;
    // First, because the end of the line that follows has no reason.
    ended.resolve(error(why));
    await line.close();
  };
  const read = (bytes: Uint8Array): void => {
    held += Buffer.from(bytes).toString('latin1');
    if (findHostStop(held, since) !== undefined) {
      held = '';
      // A cloud that cannot be asked now says nothing: the line stays as it is, and the wait has its deadline.
      confirm().catch(() => undefined);
    }
    held = held.slice(-mostHeld);
  };
  const arrived = new EarlyBytes();
  line.onData((bytes) => {
    arrived.push(bytes);
    read(bytes);
  });
  return {
    description: line.description,
    onData: (listener) => {
      arrived.listen(listener);
    },
    write: (bytes) => line.write(bytes),
    closed: ended.promise,
    close: () => line.close(),
  };
}
