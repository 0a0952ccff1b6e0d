import { expect, test } from 'vitest';
import { tally } from '../../../bench/power-cuts/tally.ts';
import type { Cut } from '../../components/rollout/vm/power-cuts/cut.ts';
import { planCut } from '../../components/rollout/vm/power-cuts/plan-cut.ts';

const cut = (number: number, failed = false): Cut => ({
  cut: number, ...planCut(number, true), from: 'a', wanted: 'b', at: 1, during: 'rebooting', first: '',
  build: 'b', slot: 'e', next: failed ? 'failed' : 'unchanged', seconds: 9,
  ...(failed && { failure: { why: 'no', steps: ['1 a'], console: 'boot>' } }),
}); // prettier-ignore

test('failures count as cuts, and not as survived', () => {
  const cuts = [cut(1), cut(2, true), cut(3)];
  const { byAim, ...rest } = tally(cuts);
  const killed = cuts.filter(({ orchestrator }) => orchestrator === 'killed').length;
  expect(rest).toEqual({ cuts: 3, survived: 2, killed });
  expect(Object.values(byAim).reduce((sum, count) => sum + count, 0)).toBe(3);
});
