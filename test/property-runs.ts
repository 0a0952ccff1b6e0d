import fc from 'fast-check';

/**
 * How many times as often as usual each property is run: `PROPERTY_RUNS=30 npx vitest run --project unit`. What fails
 * once in a hundred thousand times fails in somebody's CI otherwise. Default: 1.
 */
const timesAsOften = Number(process.env['PROPERTY_RUNS'] ?? 1);

/** Runs of a property that needs another number than fast-check's own. Example: `{ numRuns: runs(3000) }`. */
export function runs(usual: number): number {
  return usual * timesAsOften;
}

// Properties that name no number: vitest.config.ts loads this before each test file when PROPERTY_RUNS is set.
fc.configureGlobal({ numRuns: runs(100) });
