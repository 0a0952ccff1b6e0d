import { expect, test } from 'vitest';
import {
  endingOf,
  isFailure,
  isSuccess,
  type Outcome,
} from '../../../../components/rollout/slot-upgrade/outcome.ts';

const all: Record<Outcome, ReturnType<typeof endingOf>> = {
  upgraded: 'succeeded', switched: 'succeeded', unchanged: 'succeeded', 'not-started': 'succeeded',
  'rolled-back': 'failed', failed: 'failed', held: 'stuck', stuck: 'stuck',
}; // prettier-ignore

test.each(Object.entries(all) as [Outcome, string][])(
  '%s ends as %s, and is at most one of success and failure',
  (outcome, ending) => {
    expect(endingOf(outcome)).toBe(ending);
    expect(isSuccess(outcome) && isFailure(outcome)).toBe(false);
    expect(isFailure(outcome)).toBe(ending !== 'succeeded');
  },
);
