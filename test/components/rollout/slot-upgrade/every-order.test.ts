import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareBuilds } from '../../../../components/rollout/slot-upgrade/builds.ts';
import { isSuccess } from '../../../../components/rollout/slot-upgrade/outcome.ts';
import { advance, startUpgrade } from '../../../../components/rollout/slot-upgrade/state-machine.ts';
import type { Command, Event } from '../../../../components/rollout/slot-upgrade/upgrade-state.ts';
import { digestOf, observation, recordOf } from './observations.ts';
import { goal, good, last, run, wanted } from './one-upgrade.ts';
import { runs } from '../../../property-runs.ts';

describe('for every order of events', () => {
  const letter = fc.constantFrom('d', 'e', 'f');
  const build = fc.constantFrom('1', '2', '3', '');
  // An image bears any name, that of another as well.
  const digest = fc.constantFrom('1', '2', '3').map(digestOf);
  const seen = fc
    .record({
      running: letter,
      next: fc.option(letter, { nil: undefined }),
      build,
      bootId: fc.constantFrom('boot-1', 'boot-2'),
      record: fc.option(
        fc.record({
          build,
          sha256: digest,
          state: fc.constantFrom('writing', 'confirmed', 'complete', 'proven'),
        }),
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
          record:
            record && l === where
              ? { ...recordOf(record.build, record.state as 'writing'), sha256: record.sha256 }
              : undefined,
        })),
      }),
    );
  const event: fc.Arbitrary<Event> = fc.oneof(
    fc.record({ type: fc.constant('observed' as const), seen }),
    fc.record({ type: fc.constant('locked' as const) }),
    fc.record({ type: fc.constant('repaired' as const) }),
    fc.record({ type: fc.constant('identified' as const), slot: letter, same: fc.boolean() }),
    fc.record({ type: fc.constant('compared' as const), slot: letter, same: fc.boolean() }),
    fc.record({ type: fc.constant('confirmed' as const), slot: letter, sha256: digest }),
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
    .record({
      onFailure: fc.constantFrom('rollback' as const, 'hold' as const),
      allowDowngrade: fc.boolean(),
      build: fc.constantFrom('2', ''),
    })
    .map(({ build: name, ...g }) => ({ ...goal, ...g, wanted: { ...wanted, build: name } }));

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
      { numRuns: runs(3000) },
    );
  });

  test('success is only said of a machine that was last seen with the wanted build and digest as far as they are known, rolled-back only of one last seen on its way of before', () => {
    fc.assert(
      fc.property(events, goals, (given, g) => {
        const { commands, heard, state } = run(given, g);
        const end = last(commands);
        if (end?.type !== 'finish') return;
        expect(state.step).toBe('done');
        expect(commands.filter(({ type }) => type === 'finish')).toHaveLength(1);
        if (end.outcome !== 'unchanged' && !isSuccess(end.outcome)) expect(end.why).not.toBe('');
        if (!isSuccess(end.outcome) && end.outcome !== 'rolled-back') return;

        const told = heard.findLast((e) => 'seen' in e || e.type === 'repaired');
        const seen = heard.flatMap((e) => ('seen' in e ? [e.seen] : [])).at(-1);
        if (isSuccess(end.outcome)) {
          if (g.wanted.build !== '') expect(['2', '']).toContain(seen?.build);
          const record = seen?.slots.find(({ letter: l }) => l === seen.running)?.record;
          const stale = record !== undefined && compareBuilds(record.build, seen?.build) === 'different';
          const counts = record !== undefined && record.state !== 'writing' && !stale;
          if (counts) expect(record.sha256).toBe(wanted.sha256);
          // Without a record that counts the slot was read.
          else expect(heard).toContainEqual({ type: 'identified', slot: seen?.running, same: true });
        }
        // It will boot the same again.
        if (told?.type !== 'repaired') expect(seen?.next).toBe(seen?.running);
        if (end.outcome === 'rolled-back') expect(heard.map(({ type }) => type)).toContain('failed-back');
        // An ending is never quiet about boot loaders that were left behind.
        if (!end.why.includes('boot loaders')) expect(seen?.loaders ?? seen?.running).toBe(seen?.running);
      }),
      { numRuns: runs(3000) },
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
