/**
 * The smallest size of every benchmark: what `npm test` runs, so that a command of docs/benchmarks.md that does not
 * start is noticed. `bench/run.ts` alone records results; the campaigns get a log of their own from the test.
 */
export const smallest: Readonly<Record<string, readonly string[]>> = {
  // rsync is not installed everywhere.
  delta: ['--slot-mb', '24', '--without-rsync'],
  faults: ['--runs', '2', '--workers', '1', '--seed', '1'],
  flash: ['--rounds', '1', '--mib', '16', '--only', 'solid'],
  'full-transfer': ['--rounds', '1', '--slot-mb', '24', '--only', 'cat'],
  parallel: ['--rounds', '1', '--machines', '1'],
  'power-cuts': ['--cuts', '1', '--machines', '1', '--seed', '1'],
  rollout: ['2', '1'],
  'rollout-real': ['--rounds', '1', '--machines', '1'],
  scale: ['--servers', '1', '--rounds', '1', '--up', 'false'],
  typing: ['--lines', '1', '--boots', '1', '--baseline-lines', '1', '--seed', '1'],
};

/** Benchmarks that keep a log themselves, by `--log`. */
export const withLog: readonly string[] = ['faults', 'power-cuts'];
