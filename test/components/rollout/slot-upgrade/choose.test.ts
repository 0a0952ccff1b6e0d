import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { choose, isOlder, leastCfgRoom } from '../../../../components/rollout/slot-upgrade/choose.ts';
import type { SlotRecord } from '../../../../components/rollout/slot-upgrade/observation.ts';
import { digestOf, observation, recordOf } from './observations.ts';
import { runs } from '../../../property-runs.ts';

const wanted = { build: '2', sha256: digestOf('2'), bytes: 1000 };
const nameless = { ...wanted, build: '' };
const slots = (
  d?: SlotRecord,
  e?: SlotRecord,
): { letter: string; bytes: number; record: SlotRecord | undefined }[] => [
  { letter: 'd', bytes: 1000, record: d },
  { letter: 'e', bytes: 1000, record: e },
];

describe('what is to be done with a machine', () => {
  test.each([
    ['that bears its name without a record', observation({ build: '2' }), { type: 'identify', slot: 'd' }],
    ['that names no build', observation({ build: '' }), { type: 'identify', slot: 'd' }],
    ['that names no build and was proven', observation({ build: '', slots: slots(recordOf('2')) }), { type: 'nothing' }],
    ['whose slot was written by somebody else since', observation({ build: '2', slots: slots(recordOf('1')) }), { type: 'identify', slot: 'd' }],
    ['that runs a slot which was never written whole', observation({ build: '2', slots: slots(recordOf('2', 'writing')) }), { type: 'identify', slot: 'd' }],
    ['that was proven', observation({ build: '2', slots: slots(recordOf('2')) }), { type: 'nothing' }],
    ['whose proof is missing', observation({ build: '2', slots: slots(recordOf('2', 'complete')) }), { type: 'prove' }],
    ['that runs another image of that name', observation({ build: '2', slots: slots({ ...recordOf('2'), sha256: digestOf('x') }) }), { type: 'transfer', slot: 'e' }],
    ['that runs another build', observation(), { type: 'transfer', slot: 'e' }],
    ['that has it in its other slot', observation({ slots: slots(undefined, recordOf('2')) }), { type: 'compare', slot: 'e' }],
    ['of which the reboot is missing', observation({ next: 'e', slots: slots(undefined, recordOf('2', 'complete')) }), { type: 'reboot', slot: 'e' }],
    ['whose other slot is half written', observation({ slots: slots(undefined, recordOf('2', 'writing')) }), { type: 'transfer', slot: 'e' }],
    ['whose other slot was never read back', observation({ slots: slots(undefined, { ...recordOf('2'), readBack: undefined }) }), { type: 'transfer', slot: 'e' }],
    ['without a second slot', observation({ slots: slots().slice(0, 1) }), { type: 'refuse', reason: 'no-slots' }],
    ['whose build is younger', observation({ build: '3' }), { type: 'refuse', reason: 'downgrade' }],
    ['without room in /cfg', observation({ cfgFree: leastCfgRoom - 1 }), { type: 'refuse', reason: 'no-room' }],
  ])('%s', (_what, seen, choice) => {
    expect(choose(seen, wanted, false)).toMatchObject(choice);
  }); // prettier-ignore

  test('an image without a name is decided by digests alone, and never taken for a machine without one', () => {
    expect(choose(observation({ build: '' }), nameless, false)).toEqual({ type: 'identify', slot: 'd' });
    const held = observation({ build: '1', slots: slots({ ...recordOf('1'), sha256: digestOf('2') }) });
    expect(choose(held, nameless, false)).toEqual({ type: 'nothing' });
    expect(choose(observation({ slots: slots(recordOf('1')) }), nameless, false)).toMatchObject({
      type: 'transfer',
    });
  });

  test('once the slot was read and holds something else it is sent, whatever it is called', () => {
    expect(choose(observation({ build: '2' }), wanted, false, 'other')).toEqual({
      type: 'transfer',
      slot: 'e',
    });
    expect(choose(observation({ build: '' }), nameless, false, 'other')).toEqual({
      type: 'transfer',
      slot: 'e',
    });
  });

  test('never writes the running slot, never trusts a slot without a record, and refuses before anything else', () => {
    const record = fc.option(
      fc
        .tuple(
          fc.constantFrom('', '1', '2', '3'),
          fc.constantFrom('writing', 'confirmed', 'complete', 'proven'),
          fc.boolean(),
        )
        .map(([build, state, read]) => ({
          ...recordOf(build, state as 'writing'),
          ...(!read && { readBack: undefined }),
        })),
      { nil: undefined },
    );
    const seen = fc
      .record({
        running: fc.constantFrom('d', 'e'),
        next: fc.constantFrom('d', 'e', undefined),
        build: fc.constantFrom('', '1', '2', '3'),
        cfgFree: fc.constantFrom(0, 1e8),
        bytes: fc.constantFrom(500, 1000, 1030, 3000),
        d: record,
        e: record,
      })
      .map(({ d, e, bytes, ...rest }) =>
        observation({ ...rest, slots: slots(d, e).map((slot) => ({ ...slot, bytes })) }),
      );
    fc.assert(
      fc.property(seen, fc.boolean(), fc.constantFrom(wanted, nameless), (machine, allowDowngrade, image) => {
        const choice = choose(machine, image, allowDowngrade);
        const [own, other] = [machine.running, machine.running === 'd' ? 'e' : 'd'].map((letter) =>
          machine.slots.find((slot) => slot.letter === letter),
        );
        if (choice.type === 'identify') expect(choice.slot).toBe(machine.running);
        else if ('slot' in choice) {
          expect(choice.slot).toBe(other?.letter);
          expect(other?.bytes).toBeGreaterThanOrEqual(wanted.bytes);
          expect(machine.cfgFree).toBeGreaterThan(0);
          if (!allowDowngrade && image === wanted) expect(machine.build).not.toBe('3');
        }
        if (choice.type === 'compare' || choice.type === 'reboot') {
          expect(other?.record).toMatchObject({ sha256: wanted.sha256, readBack: 'f'.repeat(64) });
          expect(['complete', 'proven']).toContain(other?.record?.state);
        }
        if (choice.type === 'nothing' || choice.type === 'prove') {
          expect(own?.record?.sha256).toBe(wanted.sha256);
          if (image === wanted) expect(['', '2']).toContain(machine.build);
        }
      }),
      { numRuns: runs(1000) },
    );
  });
});

test.each([
  ['20261121_0900', '20261122_0900', true],
  ['edge-20261121_0900', '20261121_0901', true],
  ['20261122_0900', '20261121_0900', false],
  ['1', '2', true],
  ['2', '10', true],
  ['1', '20261121_0900', false],
  ['old', 'new', false],
  ['', '2', false],
])('%s is older than %s: %s', (build, than, older) => {
  expect(isOlder(build, than)).toBe(older);
});
