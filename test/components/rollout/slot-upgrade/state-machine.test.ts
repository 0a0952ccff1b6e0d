import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { advance, startUpgrade } from '../../../../components/rollout/slot-upgrade/state-machine.ts';
import type {
  Command,
  Event,
  UpgradeState,
} from '../../../../components/rollout/slot-upgrade/upgrade-state.ts';
import { isSuccess } from '../../../../components/rollout/slot-upgrade/outcome.ts';
import { digestOf, observation, onNew, recordOf } from './observations.ts';

const wanted = { build: '2', sha256: digestOf('2'), bytes: 1000 };
const goal = { wanted, allowDowngrade: false, onFailure: 'rollback' as const };

/** Feeds events in and returns every command that came out. */
function run(events: readonly Event[], given = goal): { commands: Command[]; state: UpgradeState } {
  let { state, command } = startUpgrade(given);
  const commands: Command[] = command ? [command] : [];
  for (const event of events) {
    ({ state, command } = advance(state, event));
    if (command) commands.push(command);
  }
  return { commands, state };
}

const good: readonly Event[] = [
  { type: 'observed', seen: observation() },
  { type: 'locked' },
  { type: 'confirmed', slot: 'e', sha256: digestOf('2') },
  { type: 'written', slot: 'e' },
  { type: 'booted', seen: onNew },
  { type: 'healthy' },
  { type: 'recorded' },
];
const last = (commands: readonly Command[]): Command | undefined => commands.at(-1);

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
    expect(run([{ type: 'observed', seen: observation({ build: '2' }) }]).commands).toEqual([
      { type: 'observe' },
      { type: 'finish', outcome: 'unchanged', why: '' },
    ]);
  });

  test('names the running slot again when boot.conf names another', () => {
    const seen = observation({ build: '2', next: 'e' });
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
        { ...restored, seen: observation({ build: '2' }) },
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

  test('refuses an older build unless that is allowed', () => {
    const seen: Event = { type: 'observed', seen: observation({ build: '3' }) };
    expect(last(run([seen]).commands)).toMatchObject({ outcome: 'failed', why: '2 is older than 3' });
    expect(last(run([seen], { ...goal, allowDowngrade: true }).commands)).toEqual({ type: 'lock' });
  });
});

describe('for every order of events', () => {
  const letter = fc.constantFrom('d', 'e', 'f');
  const build = fc.constantFrom('1', '2', '3');
  const seen = fc
    .record({
      running: letter,
      next: fc.option(letter, { nil: undefined }),
      build,
      bootId: fc.constantFrom('boot-1', 'boot-2'),
      record: fc.option(
        fc.record({ build, state: fc.constantFrom('writing', 'confirmed', 'complete', 'proven') }),
        { nil: undefined },
      ),
      where: fc.constantFrom('d', 'e'),
      cfgFree: fc.constantFrom(0, 1e8),
      loaders: fc.option(fc.constantFrom('d', 'e'), { nil: undefined }),
    })
    .map(({ record, where, ...rest }) =>
      observation({
        ...rest,
        slots: ['d', 'e'].map((l) => ({
          letter: l,
          bytes: 1000,
          record: record && l === where ? recordOf(record.build, record.state as 'writing') : undefined,
        })),
      }),
    );
  const event: fc.Arbitrary<Event> = fc.oneof(
    fc.record({ type: fc.constant('observed' as const), seen }),
    fc.record({ type: fc.constant('locked' as const) }),
    fc.record({ type: fc.constant('repaired' as const) }),
    fc.record({ type: fc.constant('compared' as const), slot: letter, same: fc.boolean() }),
    fc.record({ type: fc.constant('confirmed' as const), slot: letter, sha256: build.map(digestOf) }),
    fc.record({ type: fc.constant('written' as const), slot: letter }),
    fc.record({ type: fc.constant('switched' as const), slot: letter }),
    fc.record({ type: fc.constant('booted' as const), seen }),
    fc.record({ type: fc.constant('healthy' as const) }),
    fc.record({ type: fc.constant('recorded' as const) }),
    fc.record({ type: fc.constant('failed-back' as const), seen }),
    fc.record({ type: fc.constant('restored' as const), seen }),
    fc.record({
      type: fc.constant('failure' as const),
      why: fc.constant('x'),
      reachable: fc.boolean(),
      undone: fc.boolean(),
    }),
  );
  // Random orders seldom get far: start from every prefix of the good one.
  const events = fc
    .tuple(fc.nat({ max: good.length }), fc.array(event, { maxLength: 25 }))
    .map(([n, rest]) => [...good.slice(0, n), ...rest]);
  const goals = fc
    .record({ onFailure: fc.constantFrom('rollback', 'hold'), allowDowngrade: fc.boolean() })
    .map((g) => ({ ...goal, ...g }) as typeof goal);

  test('no slot is made active whose digest was not confirmed', () => {
    fc.assert(
      fc.property(events, goals, (given, g) => {
        const commands = new Map<number, Command>();
        let { state, command } = startUpgrade(g);
        given.forEach((e, i) => {
          ({ state, command } = advance(state, e));
          if (command) commands.set(i, command);
          const cause = e;
          if (command?.type === 'release')
            expect(cause).toEqual({ type: 'confirmed', slot: command.slot, sha256: wanted.sha256 });
          if (command?.type === 'switch')
            expect(cause).toEqual({ type: 'compared', slot: command.slot, same: true });
          if (command?.type === 'reboot') expect(['written', 'switched']).toContain(cause.type);
        });
      }),
      { numRuns: 3000 },
    );
  });

  test('success is only said of a machine that was seen with the wanted build, and rolled-back only of one seen on the old one', () => {
    fc.assert(
      fc.property(events, goals, (given, g) => {
        const { commands, state } = run(given, g);
        const end = last(commands);
        if (end?.type !== 'finish') return;
        expect(commands.filter(({ type }) => type === 'finish')).toHaveLength(1);
        if (isSuccess(end.outcome)) {
          expect(
            given.some((e) => (e.type === 'observed' || e.type === 'booted') && e.seen.build === '2'),
          ).toBe(true);
        }
        if (end.outcome === 'rolled-back') {
          expect(given.some((e) => e.type === 'failed-back' && e.seen.next === e.seen.running)).toBe(true);
        }
        // An ending is never quiet about boot loaders that were left behind.
        const seenLast = given.findLast((e) => 'seen' in e);
        if (
          end.outcome === 'unchanged' ||
          (end.outcome === 'rolled-back' && !end.why.includes('boot loaders'))
        )
          expect(
            given.some((e) => 'seen' in e && (e.seen.loaders ?? e.seen.running) === e.seen.running),
          ).toBe(seenLast !== undefined);
        if (end.outcome !== 'unchanged' && !isSuccess(end.outcome)) expect(end.why).not.toBe('');
        expect(state.step).toBe('done');
      }),
      { numRuns: 3000 },
    );
  });

  test('it ends: each way back is tried once, then it is stuck', () => {
    fc.assert(
      fc.property(fc.nat({ max: good.length }), goals, (n, g) => {
        const failures: Event[] = Array.from({ length: 8 }, () => ({
          type: 'failure',
          why: 'x',
          reachable: false,
        }));
        expect(run([...good.slice(0, n), ...failures], g).state.step).toBe('done');
      }),
    );
  });
});
