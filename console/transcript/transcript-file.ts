import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { formatEvent, formatHeader, type CastEventKind } from './asciicast.ts';
import { transcriptFolder, transcriptName } from './transcript-path.ts';

/** What to record; see `openTranscript`. */
export interface TranscriptOptions {
  readonly stack: string;
  readonly machine: string;
  /** The dialogue, in a word: `install`, `upgrade`, `attach`. */
  readonly what: string;
  /** Folder of the stack's files; default see `dataFolder` in contracts/environment.ts. */
  readonly data?: string;
  /** Bytes after which output is no longer recorded; steps still are. Default 8 MiB. */
  readonly limit?: number;
  /** Told once why the recording ended early, or never began (a full disk). The dialogue goes on without it. */
  readonly onTrouble?: (error: Error) => void;
}

/** A dialogue being recorded. Whoever writes to it has taken the secrets out. */
export interface Transcript {
  /** Undefined when it could not be made: then nothing is recorded. */
  readonly file: string | undefined;
  output(text: string): void;
  input(text: string): void;
  /** A step of the dialogue, shown as a marker by players. */
  marker(text: string): void;
  close(): void;
}

/** Output is written in pieces of this many milliseconds: a serial line sends byte by byte. */
const GATHER = 50;

/**
 * Starts a recording in a file of its own, readable by its owner only (0600, folders 0700). What was said up to the
 * last 50 ms is in the file even if the process is killed. A recording that cannot begin (a full disk, a folder of another
 * user) is told by `onTrouble` and records nothing.
 */
export function openTranscript(options: TranscriptOptions): Transcript {
  const { stack, machine, what, data, limit = 8 * 1024 * 1024, onTrouble } = options;
  const began = new Date();
  const title = `${machine}: ${what}`;
  try {
    const folder = transcriptFolder(stack, machine, data);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = join(folder, transcriptName(what, began));
    return new TranscriptFile(openSync(file, 'wx', 0o600), file, title, began, limit, onTrouble);
  } catch (error) {
    onTrouble?.(error as Error);
    return nothing;
  }
}

/** The dialogue matters more than its recording: it goes on without one. */
const nothing: Transcript = {
  file: undefined,
  output: () => undefined,
  input: () => undefined,
  marker: () => undefined,
  close: () => undefined,
};

class TranscriptFile implements Transcript {
  readonly file: string;
  readonly #began = performance.now();
  readonly #limit: number;
  readonly #onTrouble: ((error: Error) => void) | undefined;
  #descriptor: number | undefined;
  #size = 0;
  #gathered = '';
  #gatheredAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #cut = false;

  constructor(
    descriptor: number,
    file: string,
    title: string,
    began: Date,
    limit: number,
    onTrouble?: (error: Error) => void,
  ) {
    this.file = file;
    this.#descriptor = descriptor;
    this.#limit = limit;
    this.#onTrouble = onTrouble;
    this.#append(formatHeader({ timestamp: began.getTime() / 1000, title }));
  }

  output(text: string): void {
    if (text === '' || this.#descriptor === undefined) return;
    if (this.#gathered === '') {
      this.#gatheredAt = this.#now();
      this.#timer = setTimeout(() => {
        this.#flush();
      }, GATHER).unref();
    }
    this.#gathered += text;
  }

  input(text: string): void {
    this.#event('i', text);
  }

  marker(text: string): void {
    this.#event('m', text);
  }

  close(): void {
    this.#flush();
    if (this.#descriptor === undefined) return;
    closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #now(): number {
    return (performance.now() - this.#began) / 1000;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    if (this.#gathered === '') return;
    const data = this.#gathered;
    this.#gathered = '';
    if (this.#size < this.#limit) {
      this.#append(formatEvent({ time: this.#gatheredAt, kind: 'o', data }));
    } else if (!this.#cut) {
      this.#cut = true;
      this.#append(
        formatEvent({ time: this.#gatheredAt, kind: 'm', data: 'output is not recorded from here on' }),
      );
    }
  }

  #event(kind: CastEventKind, data: string): void {
    this.#flush();
    this.#append(formatEvent({ time: this.#now(), kind, data }));
  }

  #append(line: string): void {
    if (this.#descriptor === undefined) return;
    try {
      this.#size += writeSync(this.#descriptor, line);
    } catch (error) {
      // Thrown, it would end the process (most is written by a timer), and with it every machine's dialogue.
      closeSync(this.#descriptor);
      this.#descriptor = undefined;
      this.#onTrouble?.(error as Error);
    }
  }
}
