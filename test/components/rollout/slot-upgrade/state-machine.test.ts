import { describe, expect, test } from 'vitest';
import type { Event } from '../../../../components/rollout/slot-upgrade/upgrade-state.ts';
import { digestOf, observation, onNew, recordOf } from './observations.ts';
import { goal, good, last, run } from './one-upgrade.ts';

/** Slot d holds the wanted image, by its record. */
const recorded = [
  { letter: 'd', bytes: 1000, record: recordOf('2') },
  { letter: 'e', bytes: 1000 },
];

describe('the upgrade of one machine', () => {
  test('goes from observation to proof', () => {
    expect(run(good).commands.map(({ type }) => type)).toEqual([
      'observe',
      'lock',
      'transfer',
      'release',
      'reboot',
      'check-health',
      'record-proven',
      'finish',
    ]);
    expect(last(run(good).commands)).toMatchObject({ outcome: 'upgraded' });
  });

  test('leaves a machine alone that runs what is wanted', () => {
    const seen = observation({ build: '2', slots: recorded });
    expect(run([{ type: 'observed', seen }]).commands).toEqual([
      { type: 'observe' },
      { type: 'finish', outcome: 'unchanged', why: '' },
    ]);
  });

  test('reads the slot of a machine that bears the wanted name without a record', () => {
    const named: Event = { type: 'observed', seen: observation({ build: '2' }) };
    const read = (same: boolean): Event => ({ type: 'identified', slot: 'd', same });
    expect(run([named, read(true)]).commands).toEqual([
      { type: 'observe' },
      { type: 'identify', slot: 'd' },
      { type: 'finish', outcome: 'unchanged', why: '' },
    ]);
    // The name is the same, the content is not: it is sent like any other image.
    const { commands } = run([named, read(false), ...good.slice(1)]);
    expect(commands.map(({ type }) => type).slice(1, 4)).toEqual(['identify', 'lock', 'transfer']);
    expect(last(commands)).toMatchObject({ type: 'finish', outcome: 'upgraded' });
    // What was not read is not known.
    const failed: Event = { type: 'failure', why: 'slot-unreadable', reachable: true };
    expect(last(run([named, failed]).commands)).toMatchObject({ outcome: 'failed', why: 'slot-unreadable' });
  });

  test('an image without a build name is proven by its digest, and no proof fails for a name that is unknown', () => {
    const nameless = { ...goal, wanted: { ...goal.wanted, build: '' } };
    const [, , ...rest] = good;
    const events: Event[] = [
      { type: 'observed', seen: observation() },
      { type: 'identified', slot: 'd', same: false },
      { type: 'locked' },
      ...rest,
    ];
    expect(last(run(events, nameless).commands)).toMatchObject({ outcome: 'upgraded' });
    const silent = good.map((event): Event =>
      event.type === 'booted' ? { ...event, seen: { ...event.seen, build: '' } } : event,
    );
    expect(last(run(silent).commands)).toMatchObject({ outcome: 'upgraded' });
  });

  test('names the running slot again when boot.conf names another', () => {
    const seen = observation({ build: '2', next: 'e', slots: recorded });
    const { commands } = run([{ type: 'observed', seen }, { type: 'locked' }, { type: 'repaired' }]);
    expect(commands.map(({ type }) => type)).toEqual(['observe', 'lock', 'repair', 'finish']);
    expect(commands[2]).toMatchObject({ slot: 'd' });
  });

  test('only switches to a slot that was compared', () => {
    const seen = observation({
      slots: [
        { letter: 'd', bytes: 1000 },
        { letter: 'e', bytes: 1000, record: recordOf('2') },
      ],
    });
    const begin: Event[] = [{ type: 'observed', seen }, { type: 'locked' }];
    expect(last(run(begin).commands)).toEqual({ type: 'compare', slot: 'e' });
    expect(last(run([...begin, { type: 'compared', slot: 'e', same: true }]).commands)).toEqual({
      type: 'switch',
      slot: 'e',
    });
    expect(last(run([...begin, { type: 'compared', slot: 'e', same: false }]).commands)).toEqual({
      type: 'transfer',
      slot: 'e',
    });
  });

  test('does not let a wrong digest through', () => {
    const { commands } = run([...good.slice(0, 2), { type: 'confirmed', slot: 'e', sha256: digestOf('3') }]);
    expect(last(commands)).toMatchObject({ type: 'finish', outcome: 'failed' });
  });

  test.each([
    [{ running: 'd' }, 'it runs from slot d instead of e'],
    [{ next: 'd' }, 'boot.conf names slot d for the next boot'],
    [{ next: undefined }, 'boot.conf names no slot for the next boot'],
    [{ build: '1' }, '/resflash/BUILD says 1 instead of 2'],
    [{ slots: observation().slots }, 'its record in /cfg is missing or of another image'],
    [{ bootId: 'boot-1' }, 'it has not rebooted'],
  ])('does not take a machine for upgraded that after its reboot is seen with %j', (change, why) => {
    const booted: Event = { type: 'booted', seen: { ...onNew, ...change } };
    const { commands, state } = run([...good.slice(0, 4), booted]);
    expect(last(commands)).toEqual({ type: 'fail-back', slot: 'd', by: 'ssh' });
    expect(state.why).toBe(`after the reboot ${why}`);
  });

  test('comes back over SSH, then by the console, and says stuck when neither works', () => {
    const unhealthy: Event = { type: 'failure', why: 'http 500', reachable: true };
    const down: Event = { type: 'failure', why: 'no answer', reachable: false };
    const begin = [...good.slice(0, 5), unhealthy];
    expect(last(run(begin).commands)).toEqual({ type: 'fail-back', slot: 'd', by: 'ssh' });
    const { commands } = run([...begin, { type: 'failed-back', seen: observation({ bootId: 'boot-3' }) }]);
    expect(last(commands)).toEqual({ type: 'finish', outcome: 'rolled-back', why: 'http 500' });
    expect(last(run([...begin, down]).commands)).toEqual({ type: 'fail-back', slot: 'd', by: 'console' });
    expect(last(run([...begin, down, down]).commands)).toMatchObject({ outcome: 'stuck' });
  });

  test('on hold leaves a machine that fails after its reboot', () => {
    const events: Event[] = [...good.slice(0, 4), { type: 'failure', why: 'no answer', reachable: false }];
    expect(last(run(events, { ...goal, onFailure: 'hold' as never }).commands)).toMatchObject({
      outcome: 'held',
    });
  });

  test('proves what an earlier attempt left running', () => {
    const { commands } = run([
      { type: 'observed', seen: onNew },
      { type: 'locked' },
      { type: 'failure', why: 'http 500', reachable: true },
    ]);
    expect(commands.slice(2)).toEqual([
      { type: 'check-health' },
      { type: 'fail-back', slot: 'd', by: 'ssh' },
    ]);
  });

  describe('with boot loaders that an upgrade of slot e changed', () => {
    const foreign = observation({ loaders: 'e' });
    const restored: Event = { type: 'restored', seen: observation() };

    test('that came to nothing: puts them back before anything else', () => {
      const begin: Event[] = [{ type: 'observed', seen: foreign }, { type: 'locked' }];
      expect(run(begin).commands.at(-1)).toEqual({ type: 'restore-loaders' });
      expect(last(run([...begin, restored]).commands)).toEqual({ type: 'transfer', slot: 'e' });
      expect(
        last(run([...begin, { type: 'failure', why: 'no disk', reachable: true }]).commands),
      ).toMatchObject({
        outcome: 'failed',
        why: 'boot loaders of an upgrade that failed could not be put back: no disk',
      });
    });

    test('also when it runs what is wanted', () => {
      const seen = observation({ build: '2', loaders: 'e' });
      const { commands } = run([
        { type: 'observed', seen },
        { type: 'locked' },
        { ...restored, seen: observation({ build: '2', slots: recorded }) },
      ]);
      expect(commands.map(({ type }) => type)).toEqual(['observe', 'lock', 'restore-loaders', 'finish']);
      expect(last(commands)).toMatchObject({ outcome: 'unchanged' });
    });

    test('of which only the reboot is missing: goes on with it', () => {
      const slots = [
        { letter: 'd', bytes: 1000 },
        { letter: 'e', bytes: 1000, record: recordOf('2', 'complete') },
      ];
      const seen = observation({ loaders: 'e', next: 'e', slots });
      expect(last(run([{ type: 'observed', seen }, { type: 'locked' }]).commands)).toEqual({
        type: 'compare',
        slot: 'e',
      });
    });

    test('and failed: they are put back once the old slot runs; a failure of that is said and moves nothing', () => {
      const failed: Event[] = [
        ...good.slice(0, 5),
        { type: 'failure', why: 'sick', reachable: true },
        { type: 'failed-back', seen: { ...foreign, bootId: 'boot-3' } },
      ];
      expect(last(run(failed).commands)).toEqual({ type: 'restore-loaders' });
      expect(last(run([...failed, restored]).commands)).toEqual({
        type: 'finish',
        outcome: 'rolled-back',
        why: 'sick',
      });
      const broken: Event = { type: 'failure', why: 'no room', reachable: true };
      expect(last(run([...failed, broken]).commands)).toEqual({
        type: 'finish',
        outcome: 'rolled-back',
        why: 'sick; boot loaders of an upgrade that failed could not be put back: no room',
      });
    });
  });

  describe('when it was booted by somebody while its boot loaders were put back', () => {
    const foreign = { loaders: 'f' };
    const proven: Event[] = [
      ...good.slice(0, 4),
      { type: 'booted', seen: { ...onNew, ...foreign } },
      { type: 'healthy' },
      { type: 'recorded' },
    ];
    const elsewhere: Event = { type: 'restored', seen: observation({ bootId: 'boot-3' }) };

    test('and runs the old build: that is no success, it is made sure that the old slot stays', () => {
      expect(last(run(proven).commands)).toEqual({ type: 'restore-loaders' });
      expect(last(run([...proven, elsewhere]).commands)).toEqual({ type: 'fail-back', slot: 'd', by: 'ssh' });
      const back: Event = { type: 'failed-back', seen: observation({ bootId: 'boot-3' }) };
      expect(last(run([...proven, elsewhere, back]).commands)).toEqual({
        type: 'finish',
        outcome: 'rolled-back',
        why: 'while its boot loaders were put back it went elsewhere: it runs 1 from slot d, next is d',
      });
      expect(last(run([...proven, elsewhere], { ...goal, onFailure: 'hold' }).commands)).toMatchObject({
        outcome: 'held',
      });
    });

    test('and runs the new build that had failed: it is brought back again, each way once', () => {
      const failed: Event[] = [
        ...good.slice(0, 5),
        { type: 'failure', why: 'sick', reachable: true },
        { type: 'failed-back', seen: observation({ loaders: 'e', bootId: 'boot-3' }) },
        { type: 'restored', seen: onNew },
      ];
      expect(last(run(failed).commands)).toEqual({ type: 'fail-back', slot: 'd', by: 'console' });
      const again = [...failed, { type: 'failed-back', seen: onNew } as const];
      expect(last(run(again).commands)).toMatchObject({ outcome: 'stuck' });
    });
  });

  test('success is said of what was seen last: a machine found right once its boot loaders were put back', () => {
    const { commands } = run([
      { type: 'observed', seen: observation({ loaders: 'e' }) },
      { type: 'locked' },
      { type: 'restored', seen: observation({ build: '2', slots: recorded }) },
    ]);
    expect(last(commands)).toMatchObject({ outcome: 'unchanged' });
  });

  test('refuses an older build unless that is allowed', () => {
    const seen: Event = { type: 'observed', seen: observation({ build: '3' }) };
    expect(last(run([seen]).commands)).toMatchObject({ outcome: 'failed', why: '2 is older than 3' });
    expect(last(run([seen], { ...goal, allowDowngrade: true }).commands)).toEqual({ type: 'lock' });
  });
});
