import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Cut } from './cut.ts';

/** One line of the log: a cut and the seed of its campaign. */
export interface LoggedCut extends Cut {
  readonly campaign: number;
}

/**
 * A campaign's cuts in a file, one JSON object a line, appended as they end, so that a campaign that was stopped goes on
 * where it ended. A line that was not written whole (the campaign itself was killed) counts as not there.
 */
export class CutLog {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** Cuts so far, as they ended. Throws on a line in the middle that is no cut, or one that was made before. */
  async read(): Promise<readonly LoggedCut[]> {
    const text = await readFile(this.#file, 'utf8').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw error;
    });
    // What follows the last newline is empty or torn; the next line must not be joined to it.
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole !== text) await writeFile(this.#file, whole);
    const lines = whole.split('\n').slice(0, -1);
    const cuts = lines.map((line) => JSON.parse(line) as LoggedCut);
    cuts.forEach(({ cut }, index) => {
      if (cuts.findIndex((one) => one.cut === cut) !== index)
        throw new Error(`${this.#file}: line ${index + 1} is cut ${cut} again`);
    });
    return cuts;
  }

  async append(cut: LoggedCut): Promise<void> {
    await mkdir(path.dirname(this.#file), { recursive: true });
    await appendFile(this.#file, `${JSON.stringify(cut)}\n`);
  }

  /** Starts again from nothing. */
  async clear(): Promise<void> {
    await rm(this.#file, { force: true });
  }
}

/** Numbers of the cuts that a campaign of so many lacks. Pure. */
export function cutsToMake(cuts: number, made: readonly LoggedCut[]): readonly number[] {
  const done = new Set(made.map(({ cut }) => cut));
  return Array.from({ length: cuts }, (_, index) => index + 1).filter((number) => !done.has(number));
}

/** What a campaign came to. */
export interface Tally {
  readonly cuts: number;
  readonly survived: number;
  readonly killed: number;
  /** How many cuts hit a transfer, the work of upgrade.sh and so on: by aim. */
  readonly byAim: Readonly<Record<string, number>>;
}

/** Counts all lines, failures included. Pure. */
export function tally(cuts: readonly LoggedCut[]): Tally {
  const byAim: Record<string, number> = {};
  for (const { aim } of cuts) byAim[aim] = (byAim[aim] ?? 0) + 1;
  return {
    cuts: cuts.length,
    survived: cuts.filter(({ failure }) => !failure).length,
    killed: cuts.filter(({ orchestrator }) => orchestrator === 'killed').length,
    byAim,
  };
}
