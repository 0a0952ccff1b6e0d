import type { Figure } from './figure.ts';

/** The figures of one run of a benchmark, and where and on what they were taken. */
export interface Run {
  /** ISO date of the run. */
  readonly date: string;
  /** Processor count and model, memory: a figure holds for the machine that it was taken on. */
  readonly machine: string;
  /** What else the figures depend on. Example: `Node 24.21.0, machines under TCG`. */
  readonly versions: string;
  /** Which code was measured; see commit.ts. Empty when nobody knows. */
  readonly commit: string;
  readonly figures: readonly Figure[];
}

/** One file of bench/results/: the last run on each machine. */
export interface Results {
  /** Its name on the page, and of its file. */
  readonly benchmark: string;
  /** The file that measures, without `.ts`. */
  readonly bench: string;
  readonly runs: readonly Run[];
}

/** Puts a run in the place of the earlier one on the same machine; those on other machines stay. Pure. */
export function withRun(results: Results, run: Run): Results {
  const others = results.runs.filter(({ machine }) => machine !== run.machine);
  return {
    ...results,
    runs: [...others, run].toSorted((one, other) => one.machine.localeCompare(other.machine)),
  };
}
