import { expect, test } from 'vitest';
import { runSmallest } from '../../bench/run-smallest.ts';

// Those with Pulumi; the others are in test/bench/smallest.vm.test.ts.
test.each(['faults', 'parallel', 'rollout', 'rollout-real', 'scale'])(
  'node bench/%s.ts starts and prints figures',
  async (bench) => {
    const { status, stderr, figures } = await runSmallest(bench);
    expect(stderr).not.toContain('    at ');
    expect(status).toBe(0);
    expect(figures.length).toBeGreaterThan(0);
  },
);
