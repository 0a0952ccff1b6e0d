import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planCut, seedOf } from './plan-cut.ts';

test('a seed determines its cut, and a switch is planned only where there can be one', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 32 - 1), fc.boolean(), (seed, canSwitch) => {
      const plan = planCut(seed, canSwitch);
      expect(planCut(seed, canSwitch)).toEqual(plan);
      expect(plan.after).toBeGreaterThanOrEqual(0);
      if (!canSwitch) expect(plan.kind).toBe('transfer');
    }),
  );
});

test('a campaign of 200 cuts kills the upgrading process in about half, and hits every step', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 31), (seed) => {
      const plans = Array.from({ length: 200 }, (_, cut) => planCut(seedOf(seed, cut + 1), true));
      const killed = plans.filter(({ orchestrator }) => orchestrator === 'killed').length;
      expect(killed).toBeGreaterThan(60);
      expect(killed).toBeLessThan(140);
      expect(new Set(plans.map(({ seed: own }) => own)).size).toBe(200);
      expect(new Set(plans.map(({ aim }) => aim)).size).toBeGreaterThan(7);
    }),
  );
});
