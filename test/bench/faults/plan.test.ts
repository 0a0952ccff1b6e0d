import fc from 'fast-check';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { mayEndWithoutCode, planRun, victims } from '../../../bench/faults/plan.ts';
import { fileOf, namesOf, shapeOf } from '../../../bench/faults/shape.ts';

const seed = fc.nat(2 ** 31);
const numbers = Array.from({ length: 300 }, (_, index) => index + 1);

test('seed and number determine a run', () => {
  fc.assert(
    fc.property(seed, fc.integer({ min: 1, max: 1000 }), (campaign, run) => {
      expect(planRun(campaign, run)).toEqual(planRun(campaign, run));
      expect(shapeOf(campaign, run)).toEqual(shapeOf(campaign, run));
    }),
  );
});

test('a campaign of 300 runs kills everything that can be killed, and loses answers', () => {
  fc.assert(
    fc.property(seed, (campaign) => {
      const plans = numbers.map((run) => planRun(campaign, run));
      const faults = plans.flatMap((plan) => plan.faults);
      const killed = new Set(faults.flatMap((fault) => (fault.kind === 'kill' ? [fault.victim] : [])));
      expect([...killed].toSorted()).toEqual([...victims].toSorted());
      const lost = faults.filter((fault) => fault.kind === 'api' && fault.fault['lost'] === 'after');
      expect(lost.length).toBeGreaterThan(10);
      expect(plans.filter(({ command }) => command === 'destroy').length).toBeGreaterThan(15);
      // Enough runs must end with a code.
      expect(plans.filter(({ faults: all }) => !mayEndWithoutCode(all)).length).toBeGreaterThan(90);
    }),
    { numRuns: 20 },
  );
});

test('a fleet file names the servers of its shape', () => {
  fc.assert(
    fc.property(seed, fc.integer({ min: 1, max: 1000 }), (campaign, run) => {
      const shape = shapeOf(campaign, run);
      const { servers } = load(fileOf(shape)) as { servers: Record<string, { count: number }> };
      const count = Object.values(servers).reduce((sum, group) => sum + group.count, 0);
      expect(namesOf(shape)).toHaveLength(count);
      expect(count).toBeGreaterThan(0);
      expect(count).toBeLessThan(5);
    }),
  );
});
