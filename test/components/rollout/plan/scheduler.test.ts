import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  newScheduler,
  schedule,
  type SchedulerEvent,
  type SchedulerState,
} from '../../../../components/rollout/plan/scheduler.ts';
import { runs } from '../../../property-runs.ts';

const limits = { maxInFlight: 2, maxFailures: 0, maxFailuresTotal: 0 };
const arrive = (machine: string, wave = 1): SchedulerEvent => ({ type: 'arrive', claim: { machine, wave } });

function play(
  given: typeof limits,
  events: readonly SchedulerEvent[],
): { state: SchedulerState; started: string[]; refused: string[] } {
  let state = newScheduler(given);
  const started: string[] = [];
  const refused: string[] = [];
  for (const event of events) {
    const step = schedule(state, event);
    state = step.state;
    started.push(...step.start);
    refused.push(...step.refuse.map(({ machine }) => machine));
  }
  return { state, started, refused };
}

describe('the scheduler of a rollout', () => {
  test('starts the next as soon as one ends', () => {
    expect(play(limits, [arrive('a'), arrive('b'), arrive('c')]).started).toEqual(['a', 'b']);
    expect(
      play(limits, [
        arrive('a'),
        arrive('b'),
        arrive('c'),
        { type: 'end', machine: 'b', ending: 'succeeded' },
      ]).started,
    ).toEqual(['a', 'b', 'c']);
  });

  test('starts nothing more in a wave that has failed', () => {
    const { started, refused } = play(limits, [
      arrive('a'),
      arrive('b'),
      arrive('c'),
      { type: 'end', machine: 'a', ending: 'failed' },
      arrive('d', 2),
    ]);
    expect(started).toEqual(['a', 'b']);
    expect(refused).toEqual(['c', 'd']);
  });

  test('a machine that stays down goes on counting', () => {
    const lenient = { maxInFlight: 2, maxFailures: 5, maxFailuresTotal: 5 };
    const { started, refused } = play(lenient, [
      arrive('a'),
      arrive('b'),
      arrive('c'),
      arrive('d'),
      { type: 'end', machine: 'a', ending: 'stuck' },
      { type: 'end', machine: 'b', ending: 'succeeded' },
      { type: 'end', machine: 'c', ending: 'stuck' },
    ]);
    expect(started).toEqual(['a', 'b', 'c']);
    expect(refused).toEqual(['d']);
  });

  test('after a stop nothing starts and everything that waits is told', () => {
    const { started, refused } = play(limits, [
      arrive('a'),
      arrive('b'),
      arrive('c'),
      { type: 'stop', why: 'Ctrl-C' },
      arrive('d'),
    ]);
    expect(started).toEqual(['a', 'b']);
    expect(refused).toEqual(['c', 'd']);
  });
});

describe('for every order of events', () => {
  const machines = Array.from({ length: 12 }, (_, i) => `m${i}`);
  const machine = fc.constantFrom(...machines);
  const event: fc.Arbitrary<SchedulerEvent> = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        type: fc.constant('end' as const),
        machine,
        ending: fc.constantFrom(
          'succeeded' as const,
          'succeeded' as const,
          'failed' as const,
          'stuck' as const,
        ),
      }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('withdraw' as const), machine }) },
  );
  const given = fc.record({
    maxInFlight: fc.integer({ min: 1, max: 4 }),
    maxFailures: fc.nat({ max: 3 }),
    maxFailuresTotal: fc.nat({ max: 5 }),
  });
  const events = fc.array(event, { maxLength: 60 }).chain((rest) =>
    fc.shuffledSubarray(machines, { minLength: machines.length }).chain((order) =>
      fc
        .tuple(
          fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 12, maxLength: 12 }),
          fc.array(fc.nat({ max: 60 }), { minLength: 12, maxLength: 12 }),
        )
        .map(([waves, places]) => {
          const all = [...rest];
          order.forEach((m, i) => all.splice(Math.min(all.length, places[i] ?? 0), 0, arrive(m, waves[i])));
          return all;
        }),
    ),
  );

  test('never more than maxInFlight machines are down, no wave starts after a failed one, nothing waits for nothing', () => {
    fc.assert(
      fc.property(given, events, (l, all) => {
        let state = newScheduler(l);
        const down = new Set<string>();
        const failed: Record<number, number> = {};
        const waves = new Map<string, number>();
        for (const e of all) {
          if (e.type === 'arrive') waves.set(e.claim.machine, e.claim.wave);
          const running = state.running.some((claim) => e.type === 'end' && claim.machine === e.machine);
          if (e.type === 'end' && running) {
            const wave = waves.get(e.machine) ?? 0;
            if (e.ending !== 'succeeded') failed[wave] = (failed[wave] ?? 0) + 1;
            if (e.ending !== 'stuck') down.delete(e.machine);
          }
          if (e.type === 'withdraw') down.delete(e.machine);
          const wasStuck = e.type === 'withdraw' && state.down.includes(e.machine);
          if (wasStuck) down.add((e as { machine: string }).machine);
          const step = schedule(state, e);
          for (const m of step.start) {
            const wave = waves.get(m) ?? 0;
            for (const [w, n] of Object.entries(failed))
              if (n > l.maxFailures) expect(wave).toBeLessThan(Number(w));
            down.add(m);
          }
          expect(down.size).toBeLessThanOrEqual(l.maxInFlight);
          state = step.state;
          // Work-conserving: somebody waits only while every place is taken.
          if (state.waiting.length > 0)
            expect(state.running.length + state.down.length).toBeGreaterThanOrEqual(l.maxInFlight);
        }
      }),
      { numRuns: runs(2000) },
    );
  });
});
