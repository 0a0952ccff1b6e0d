import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { driftOf } from '../../../../components/rollout/slot-upgrade/drift.ts';
import { isSuccess, outcomes } from '../../../../components/rollout/slot-upgrade/outcome.ts';
import { digestOf, observation } from './observations.ts';

const found = { build: '1', sha256: digestOf('1'), sha512: '', bytes: 1000, verified: 'none' };
const state = { outcome: 'upgraded' as const, found, to: '1', slot: 'd' };

describe('what a refresh finds', () => {
  test.each([
    ['nothing', observation(), ''],
    ['a slot switched by hand', observation({ running: 'e', next: 'e', build: '0' }), 'it runs 0 from slot e: it was switched by hand, wanted is 1'],
    ['another build in the same slot', observation({ build: '0' }), 'it runs 0, wanted is 1'],
    ['a machine without a build file', observation({ build: '' }), 'it runs an unknown build, wanted is 1'],
    ['a switch that waits for a reboot', observation({ next: 'e' }), 'it runs from slot d, but boot.conf names e'],
    ['a boot.conf that names nothing', observation({ next: undefined }), 'it runs from slot d, but boot.conf names none'],
  ])('%s', (_what, seen, text) => {
    expect(driftOf(state, seen)).toBe(text);
  }); // prettier-ignore

  test('is something exactly when build or next slot differ, and only of a success', () => {
    const outcome = fc.constantFrom(...outcomes);
    const letter = fc.constantFrom('d', 'e');
    fc.assert(
      fc.property(outcome, letter, letter, fc.constantFrom('1', '2'), (end, running, next, build) => {
        const drift = driftOf({ ...state, outcome: end }, observation({ running, next, build }));
        expect(drift !== '').toBe(isSuccess(end) && (build !== '1' || running !== next));
      }),
    );
  });
});
