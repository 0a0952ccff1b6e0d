import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decideGate } from '../../../../components/rollout/wave-gate/decision.ts';
import { isFailure, outcomes, type Outcome } from '../../../../components/rollout/slot-upgrade/outcome.ts';

const input = (outcomes: readonly Outcome[], more = {}): Parameters<typeof decideGate>[0] => ({
  verdicts: outcomes.map((outcome, i) => ({ machine: `m${i}`, outcome, why: '' })),
  maxFailures: 0,
  maxFailuresTotal: 0,
  failuresBefore: 0,
  paused: false,
  ...more,
});

test.each([
  [['upgraded', 'unchanged'], {}, 'soak'],
  [['unchanged', 'unchanged'], {}, 'pass'],
  [['upgraded', 'rolled-back'], {}, 'fail'],
  [['upgraded', 'rolled-back'], { maxFailures: 1, maxFailuresTotal: 1 }, 'soak'],
  [['upgraded', 'rolled-back'], { maxFailures: 1, maxFailuresTotal: 1, failuresBefore: 1 }, 'fail'],
  [['not-started'], {}, 'fail'],
  [['not-started'], { paused: true }, 'pause'],
] as const)('%j %j: %s', (outcomes, more, expected) => {
  expect(decideGate(input(outcomes, more)).type).toBe(expected);
});

test('never lets a wave through with more failures than allowed', () => {
  const outcome = fc.constantFrom(...outcomes);
  fc.assert(
    fc.property(
      fc.array(outcome),
      fc.nat({ max: 4 }),
      fc.nat({ max: 6 }),
      fc.nat({ max: 6 }),
      fc.boolean(),
      (outcomes, maxFailures, maxFailuresTotal, failuresBefore, paused) => {
        const decision = decideGate(
          input(outcomes, { maxFailures, maxFailuresTotal, failuresBefore, paused }),
        );
        const failed = outcomes.filter(isFailure).length;
        if (paused) expect(decision.type).toBe('pause');
        else if (failed > maxFailures || (failed > 0 && failed + failuresBefore > maxFailuresTotal))
          expect(decision.type).toBe('fail');
        if (outcomes.includes('not-started')) expect(['fail', 'pause']).toContain(decision.type);
      },
    ),
  );
});
