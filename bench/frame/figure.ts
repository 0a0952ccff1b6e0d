import { meetsGoal } from './goal.ts';

/**
 * One measured figure. A benchmark prints one JSON object of this shape a line on standard output and nothing
 * else; what it has to say to a person goes to standard error.
 */
export interface Figure {
  /** What was measured, as a person would say it. */
  readonly name: string;
  readonly value: number;
  /** `ms`, `s`, `bytes`, `x`, `boots`, ... */
  readonly unit: string;
  /** What it is held against, measured in the same run. */
  readonly baseline?: { readonly name: string; readonly value: number };
  /** `value / baseline.value`, or the ratio that the goal speaks of. */
  readonly ratio?: number;
  /** The goal in words that `meetsGoal` can judge, e.g. `at most 1.3` (of the ratio) or `at most 60 ms` (of the value). */
  readonly goal?: string;
  /** The command that makes this figure again. */
  readonly command: string;
}

/** Reads a benchmark's standard output. Throws on a line that is not a figure: a benchmark must not mumble; or whose goal nobody can judge. */
export function parseFigures(output: string): Figure[] {
  return output
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, index) => {
      const value: unknown = JSON.parse(line);
      if (!isFigure(value)) throw new Error(`line ${index + 1} is not a figure: ${line.slice(0, 200)}`);
      meetsGoal(value);
      return value;
    });
}

function isFigure(value: unknown): value is Figure {
  if (typeof value !== 'object' || value === null) return false;
  const figure = value as Partial<Record<keyof Figure, unknown>>;
  return (
    typeof figure.name === 'string' &&
    typeof figure.value === 'number' &&
    Number.isFinite(figure.value) &&
    typeof figure.unit === 'string' &&
    typeof figure.command === 'string'
  );
}

/** The value in the middle; of an even number of values, what lies between the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}
