import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InFlight, type Turn } from '../../../components/rollout/in-flight.ts';

const limits = { maxInFlight: 2, maxFailures: 0, maxFailuresTotal: 0 };

/** What became of a wait so far. */
async function state(turn: Promise<Turn>): Promise<string> {
  return Promise.race([turn.then(({ type }) => type), Promise.resolve('waiting')]);
}

describe('turns', () => {
  test('are given as others leave', async () => {
    const flight = new InFlight(limits);
    const [a, b, c] = ['a', 'b', 'c'].map((name) => flight.enter(name, 1));
    if (!a || !b || !c) throw new Error('three turns');
    expect(await Promise.all([a, b])).toEqual([{ type: 'start' }, { type: 'start' }]);
    expect(await state(c)).toBe('waiting');
    flight.leave('a', 'succeeded');
    expect(await c).toEqual({ type: 'start' });
  });

  test('that are given back are given to others, and count for nothing', async () => {
    const flight = new InFlight({ ...limits, maxInFlight: 1 });
    await flight.enter('a', 1);
    const b = flight.enter('b', 1);
    flight.withdraw('a');
    expect(await b).toEqual({ type: 'start' });
    flight.leave('b', 'succeeded');
    expect(await flight.enter('a', 1)).toEqual({ type: 'start' });
  });

  test('are refused after too many failures, and after Ctrl-C', async () => {
    const flight = new InFlight({ ...limits, maxInFlight: 1 });
    await flight.enter('a', 1);
    const b = flight.enter('b', 1);
    flight.leave('a', 'failed');
    expect(await b).toMatchObject({ type: 'refused', why: 'wave 1 has 1 failed, allowed are 0' });
    const stop = new AbortController();
    const stopped = new InFlight(limits, stop.signal);
    stop.abort();
    expect(await stopped.enter('a', 1)).toMatchObject({ type: 'refused' });
    expect(await new InFlight(limits, AbortSignal.abort()).enter('a', 1)).toMatchObject({ type: 'refused' });
  });

  test('never more at once than allowed, whatever is given back and left', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.constantFrom('leave', 'withdraw'), { minLength: 12, maxLength: 12 }),
        async (maxInFlight, ways) => {
          const flight = new InFlight({ maxInFlight, maxFailures: 0, maxFailuresTotal: 0 });
          const now = new Set<string>();
          await Promise.all(
            ways.map(async (way, i) => {
              const name = `m-${i}`;
              expect(await flight.enter(name, 1)).toEqual({ type: 'start' });
              now.add(name);
              expect(now.size).toBeLessThanOrEqual(maxInFlight);
              await Promise.resolve();
              now.delete(name);
              if (way === 'leave') flight.leave(name, 'succeeded');
              else flight.withdraw(name);
            }),
          );
        },
      ),
    );
  });
});
