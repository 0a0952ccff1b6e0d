import { Readable, type Writable } from 'node:stream';
import { once } from 'node:events';

/** Input of a command. */
export type Input = string | Uint8Array | AsyncIterable<Uint8Array>;

/** An input on its way. */
export interface Feeding {
  /** True once all was handed over and the end of input was sent. */
  complete(): boolean;
  /** Rejects when the source of the input fails; never resolves. */
  readonly sourceFailed: Promise<never>;
}

/**
 * Writes an input into a command, no faster than the command takes it. A command that ends or closes its input
 * early is no failure here: its exit status tells.
 *
 * When the source itself fails, no end of input is sent, so that the command never takes a short input for a whole
 * one; the caller ends the command.
 */
export function feed(stdin: Writable, input: Input | undefined): Feeding {
  let complete = false;
  const { promise: sourceFailed, reject } = Promise.withResolvers<never>();
  sourceFailed.catch(() => undefined);
  stdin.on('error', () => undefined); // The command has gone: the exit says why.
  const pump = async (): Promise<void> => {
    for await (const piece of piecesOf(input)) {
      if (!stdin.writable) return;
      if (!stdin.write(piece) && !(await drained(stdin))) return;
    }
    stdin.end();
    complete = true;
  };
  pump().catch(reject);
  return { complete: () => complete, sourceFailed };
}

function piecesOf(input: Input | undefined): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  if (input === undefined) return [];
  if (typeof input === 'string') return input === '' ? [] : [Buffer.from(input, 'utf8')];
  if (input instanceof Uint8Array) return Readable.from(slices(input));
  return input;
}

function* slices(bytes: Uint8Array, size = 64 * 1024): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Waits until more may be written; false when that will never be. */
async function drained(stdin: Writable): Promise<boolean> {
  if (stdin.destroyed || stdin.closed) return false;
  const stop = new AbortController();
  const gone = once(stdin, 'close', { signal: stop.signal }).then(() => false);
  const ready = once(stdin, 'drain', { signal: stop.signal }).then(() => true);
  gone.catch(() => undefined);
  ready.catch(() => undefined);
  try {
    return await Promise.race([ready, gone]);
  } catch {
    return false;
  } finally {
    stop.abort();
  }
}
