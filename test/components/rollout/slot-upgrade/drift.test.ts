import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { driftOf } from '../../../../components/rollout/slot-upgrade/drift.ts';
import { isSuccess, outcomes } from '../../../../components/rollout/slot-upgrade/outcome.ts';
import type { Slot } from '../../../../components/rollout/slot-upgrade/observation.ts';
import { digestOf, observation, recordOf } from './observations.ts';

const found = { build: '1', sha256: digestOf('1'), sha512: '', bytes: 1000, verified: 'none' };
const state = { outcome: 'upgraded' as const, found, to: '1', slot: 'd' };

/** Slots of a machine that runs from d; the record of d is of that image, whatever it is called. */
const recordedAs = (image: string): Slot[] => [
  { letter: 'd', bytes: 1000, record: { ...recordOf('1'), sha256: digestOf(image) } },
  { letter: 'e', bytes: 1000 },
];

describe('what a refresh finds', () => {
  test.each([
    ['nothing', observation(), ''],
    ['a slot switched by hand', observation({ running: 'e', next: 'e', build: '0' }), 'it runs 0 from slot e: it was switched by hand, wanted is 1'],
    ['another build in the same slot', observation({ build: '0' }), 'it runs 0, wanted is 1'],
    ['nothing of a machine that names no build', observation({ build: '' }), ''],
    ['another image of the same name', observation({ slots: recordedAs('2') }), 'it runs another image than the wanted one, with the same build name: 1'],
    ['the wanted image of a machine that names no build', observation({ build: '', slots: recordedAs('1') }), ''],
    ['a slot switched by hand, of which nothing tells what it holds', observation({ running: 'e', next: 'e', build: '' }), 'it runs build unknown from slot e: it was switched by hand'],
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
        expect(drift !== '').toBe(isSuccess(end) && (build !== '1' || running !== next || running !== 'd'));
      }),
    );
  });
});
