import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { stateUnreadable } from '../../errors/localcloud.ts';

/** One line of the journal: what one transaction put and removed, all or nothing. */
export interface Entry {
  readonly put?: Readonly<Record<string, readonly { readonly id: string }[]>>;
  readonly remove?: Readonly<Record<string, readonly string[]>>;
}

/**
 * An append-only file of JSON lines. A line is one transaction, and a process killed at any moment leaves at most
 * one line without its end, which the next start drops: nothing was answered for it yet. Lines go to the kernel
 * before the answer goes out (they survive the process, not a power cut of this machine; this is a cloud for tests).
 */
export class Journal {
  readonly #file: string;
  #descriptor: number;
  #length: number;

  private constructor(file: string, descriptor: number, length: number) {
    this.#file = file;
    this.#descriptor = descriptor;
    this.#length = length;
  }

  /** Reads all whole lines of a file, then writes `compact` of them as the new file and opens it for appending. */
  static open(file: string, replay: (entry: Entry) => void, compact: () => Entry): Journal {
    for (const [index, line] of wholeLines(file).entries()) {
      try {
        replay(JSON.parse(line) as Entry);
      } catch (thrown) {
        throw stateUnreadable(
          { file, line: index + 1, problem: (thrown as Error).message },
          { cause: thrown },
        );
      }
    }
    const { descriptor, length } = rewrite(file, compact());
    return new Journal(file, descriptor, length);
  }

  /** Bytes in the file. */
  get length(): number {
    return this.#length;
  }

  /** Writes one transaction. Throws when it could not be written whole; the file is then as before. */
  append(entry: Entry): void {
    const line = Buffer.from(`${JSON.stringify(entry)}\n`, 'utf8');
    try {
      writeAll(this.#descriptor, line);
    } catch (thrown) {
      ftruncateSync(this.#descriptor, this.#length);
      throw thrown;
    }
    this.#length += line.length;
  }

  /** Replaces all lines by one that says the same. */
  compact(entry: Entry): void {
    const { descriptor, length } = rewrite(this.#file, entry);
    closeSync(this.#descriptor);
    this.#descriptor = descriptor;
    this.#length = length;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** The lines that have an end; a file that is not there has none. */
function wholeLines(file: string): readonly string[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw thrown;
  }
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '');
}

/** Writes a new file beside the old one, then takes its place: there is always one whole file of that name. */
function rewrite(file: string, entry: Entry): { descriptor: number; length: number } {
  const fresh = `${file}.new`;
  const line = Buffer.from(`${JSON.stringify(entry)}\n`, 'utf8');
  const writer = openSync(fresh, 'w', 0o600);
  try {
    writeAll(writer, line);
    fsyncSync(writer);
  } finally {
    closeSync(writer);
  }
  renameSync(fresh, file);
  return { descriptor: openSync(file, 'a', 0o600), length: line.length };
}

function writeAll(descriptor: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(descriptor, bytes, written);
}
