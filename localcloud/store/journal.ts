import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { randomUUID } from 'node:crypto';
import { BootfleetError } from '../../errors/error.ts';
import { stateIncomplete, stateUnreadable } from '../../errors/localcloud.ts';

/** One line of the journal: what one transaction put and removed, all or nothing. */
export interface Entry {
  readonly put?: Readonly<Record<string, readonly { readonly id: string }[]>>;
  readonly remove?: Readonly<Record<string, readonly string[]>>;
}

/** A line of the file: an entry with its place. */
interface Line extends Entry {
  /** 0 for the first line, then one more each. Absent in files of earlier versions. */
  readonly n?: number;
  /** The journal's id; in the first line only. */
  readonly journal?: string;
}

/** What a journal is opened with. */
export interface JournalUse {
  /** Called with each entry, in order, before anything is written. */
  readonly replay: (entry: Entry) => void;
  /** One entry that says the same as all. */
  readonly compact: () => Entry;
  /** The id that the file is known to have; absent while nobody knows it. */
  readonly expected?: string | undefined;
}

/**
 * An append-only file of JSON lines. A line is one transaction, and a process killed at any moment leaves at most
 * one line without its end, which the next start drops: nothing was answered for it yet. Lines go to the kernel
 * before the answer goes out (they survive the process, not a power cut of this machine; this is a cloud for tests).
 *
 * A file that lost lines must not pass for one that never had them. So the first line holds the journal's id, which the
 * owner keeps elsewhere too, and the lines are numbered. Only lines lost from the end are not noticed here.
 */
export class Journal {
  /** Names this journal, so that another one in its place is noticed. */
  readonly id: string;
  readonly #file: string;
  #descriptor: number;
  #length: number;
  /** The number of the next line. */
  #next = 1;

  private constructor(file: string, id: string, { descriptor, length }: Written) {
    this.#file = file;
    this.id = id;
    this.#descriptor = descriptor;
    this.#length = length;
  }

  /**
   * Reads all whole lines of a file, then writes `compact` of them as the new file and opens it for appending.
   *
   * @throws BF1806 for a damaged line, BF1820 when lines are missing; the file is then left as it is.
   */
  static open(file: string, { replay, compact, expected }: JournalUse): Journal {
    let id = expected;
    const texts = wholeLines(file);
    const problem = lossBefore(texts.length, expected);
    if (problem !== undefined) throw stateIncomplete({ file, problem });
    for (const [index, text] of texts.entries()) {
      try {
        const line = JSON.parse(text) as Line;
        const lost = lossAt(line, index, { expected, numbered: id !== undefined });
        if (lost !== undefined) throw stateIncomplete({ file, problem: lost });
        if (index === 0) id = line.journal;
        replay(line);
      } catch (thrown) {
        if (thrown instanceof BootfleetError) throw thrown;
        throw stateUnreadable(
          { file, line: index + 1, problem: (thrown as Error).message },
          { cause: thrown },
        );
      }
    }
    const own = id ?? randomUUID();
    return new Journal(file, own, rewrite(file, own, compact()));
  }

  /** Bytes in the file. */
  get length(): number {
    return this.#length;
  }

  /** Writes one transaction. Throws when it could not be written whole; the file is then as before. */
  append(entry: Entry): void {
    const line = encoded({ n: this.#next, ...entry });
    try {
      writeAll(this.#descriptor, line);
    } catch (thrown) {
      ftruncateSync(this.#descriptor, this.#length);
      throw thrown;
    }
    this.#length += line.length;
    this.#next += 1;
  }

  /** Replaces all lines by one that says the same. Throws when that could not be written; the file is then as before. */
  compact(entry: Entry): void {
    const { descriptor, length } = rewrite(this.#file, this.id, entry);
    const before = this.#descriptor;
    this.#descriptor = descriptor;
    this.#length = length;
    this.#next = 1;
    closeSync(before);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** What is missing from a file with so many lines, as far as their number tells. Pure. */
function lossBefore(lines: number, expected: string | undefined): string | undefined {
  return lines === 0 && expected !== undefined ? 'it is empty or not there' : undefined;
}

/** What is missing before a line. `numbered`: whether the lines before it were. Pure. */
function lossAt(
  line: Line,
  index: number,
  { expected, numbered }: { readonly expected: string | undefined; readonly numbered: boolean },
): string | undefined {
  if (index > 0) {
    if (numbered ? line.n === index : line.n === undefined) return undefined;
    return `a line is missing before line ${index + 1}`;
  }
  if (expected !== undefined && line.journal !== undefined && line.journal !== expected)
    return 'it belongs to another embedded cloud, or to an earlier one';
  const first = line.journal === undefined ? expected === undefined && line.n === undefined : line.n === 0;
  return first ? undefined : 'its first line is missing';
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
function rewrite(file: string, journal: string, entry: Entry): Written {
  const fresh = `${file}.new`;
  const line = encoded({ n: 0, journal, ...entry });
  // Left by a process that was killed here.
  rmSync(fresh, { force: true });
  // What is appended later goes through the same descriptor: once the file has its name, nothing can fail any more.
  const descriptor = openSync(fresh, 'ax', 0o600);
  try {
    writeAll(descriptor, line);
    fsyncSync(descriptor);
    renameSync(fresh, file);
  } catch (thrown) {
    closeSync(descriptor);
    // On a full disk it would take the room that is missing.
    rmSync(fresh, { force: true });
    throw thrown;
  }
  return { descriptor, length: line.length };
}

/** A file that was written anew, open for appending. */
interface Written {
  readonly descriptor: number;
  readonly length: number;
}

function encoded(line: Line): Buffer {
  return Buffer.from(`${JSON.stringify(line)}\n`, 'utf8');
}

function writeAll(descriptor: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(descriptor, bytes, written);
}
