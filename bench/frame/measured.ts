/** What everything that runs `pulumi` on the embedded cloud measures. */
const product = [
  'index.ts',
  ...['clouds', 'components', 'console', 'contracts', 'formats', 'guest', 'localcloud', 'remote', 'stacks'],
  ...['standin', 'transfer', 'waiting', 'test/e2e/harness'],
];

/** Versions of Node's packages and of Pulumi. */
const versions = ['package-lock.json', 'scripts/setup/versions.ts'];

/** For each benchmark, beside its own files: the files and folders whose change makes its figures stale. */
const measured: Readonly<Record<string, readonly string[]>> = {
  delta: ['guest', 'transfer'],
  faults: product,
  flash: ['guest', 'transfer/block-digest.ts'],
  'full-transfer': ['guest', 'localcloud/machines', 'remote', 'transfer'],
  parallel: product,
  'power-cuts': ['components/rollout', 'guest', 'localcloud/machines', 'remote', 'transfer'],
  rollout: ['components', 'bench/rollout-simulated', 'bench/trivial-dynamic'],
  'rollout-real': product,
  scale: [...product, 'bench/scale-trivial'],
  typing: ['console', 'localcloud/machines'],
};

/** Names of all benchmarks. */
export const benches: readonly string[] = Object.keys(measured);

/** Paths whose change makes a benchmark's figures stale. @throws for a name that is no benchmark */
export function measuredBy(bench: string): readonly string[] {
  const paths = measured[bench];
  if (!paths) throw new Error(`there is no benchmark ${bench}; there are: ${benches.join(', ')}`);
  return [...paths, ...versions, `bench/${bench}.ts`, `bench/${bench}`];
}
