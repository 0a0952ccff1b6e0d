import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** What a line of the log holds beside what the campaign writes itself. */
export interface Campaigned {
  /** Seed of the campaign. */
  readonly campaign: number;
  /** Which code was tried (commit.ts). Lines from before this was recorded have none. */
  readonly commit?: string;
  /** How many trials the campaign was to have when this one was made. */
  readonly size?: number;
}

/** One trial: its number in the campaign, from 1, and what else the campaign writes. */
export type Logged<T> = T & Campaigned;

/**
 * Trials in a file, one JSON object a line, appended as they end, so that a campaign that was stopped goes on where it
 * ended. A line that was not written whole (the campaign itself was killed) counts as not there. The file holds the
 * records of several campaigns one after the other; see `recordOf`.
 */
export class CampaignLog<T> {
  readonly #file: string;
  readonly #numberOf: (trial: T) => number;

  /** @param numberOf a trial's number in its campaign, from 1 */
  constructor(file: string, numberOf: (trial: T) => number) {
    this.#file = file;
    this.#numberOf = numberOf;
  }

  /** Trials so far, as they ended. Throws on a line in the middle that is none, or one that its campaign has already. */
  async read(): Promise<readonly Logged<T>[]> {
    const text = await readFile(this.#file, 'utf8').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw error;
    });
    // What follows the last newline is empty or torn; the next line must not be joined to it.
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole !== text) await writeFile(this.#file, whole);
    const trials = whole
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Logged<T>);
    const seen = new Set<string>();
    trials.forEach((trial, index) => {
      const number = this.#numberOf(trial);
      const key = JSON.stringify([trial.campaign, trial.commit, number]);
      if (seen.has(key)) throw new Error(`${this.#file}: line ${index + 1} is number ${number} again`);
      seen.add(key);
    });
    return trials;
  }

  async append(trial: Logged<T>): Promise<void> {
    await mkdir(path.dirname(this.#file), { recursive: true });
    await appendFile(this.#file, `${JSON.stringify(trial)}\n`);
  }

  /** Starts again from nothing: the records of all campaigns go. */
  async clear(): Promise<void> {
    await rm(this.#file, { force: true });
  }
}

/** The trials of one campaign: those with its seed that tried this very code. */
export interface CampaignRecord<T> {
  readonly seed: number;
  readonly made: readonly Logged<T>[];
}

/**
 * Which record a campaign goes on with. Another seed or another commit begins a new one: what was found with other code
 * says nothing of this one. Pure.
 *
 * @param commit of the code as it is (commit.ts); where nobody knows it, nothing is gone on with
 * @param seed as asked for; default: that of the last trial of this code, else `fresh`
 */
export function recordOf<T>(
  all: readonly Logged<T>[],
  commit: string,
  { seed, fresh }: { readonly seed: number | undefined; readonly fresh: number },
): CampaignRecord<T> {
  const ofThisCode = all.filter((trial) => commit !== '' && trial.commit === commit);
  const chosen = seed ?? ofThisCode.at(-1)?.campaign ?? fresh;
  return { seed: chosen, made: ofThisCode.filter(({ campaign }) => campaign === chosen) };
}

/** Numbers that a campaign of so many trials lacks. Pure. */
export function missingNumbers(size: number, made: readonly number[]): readonly number[] {
  const done = new Set(made);
  return Array.from({ length: size }, (_, index) => index + 1).filter((number) => !done.has(number));
}
