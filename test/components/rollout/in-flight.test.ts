import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InFlight } from '../../../components/rollout/in-flight.ts';
import type { Ending } from '../../../components/rollout/plan/scheduler.ts';

const limits = { maxInFlight: 2, maxFailures: 0, maxFailuresTotal: 0 };

/** A machine at work until it is told how it ended. */
class AtWork {
  readonly over: Promise<unknown>;
  started = false;
  readonly #end = Promise.withResolvers<{ ending: Ending | 'untouched'; result: string }>();

  constructor(flight: InFlight, machine: string) {
    this.over = flight.take(machine, 1, () => {
      this.started = true;
      return this.#end.promise;
    });
  }

  async end(ending: Ending | 'untouched'): Promise<void> {
    this.#end.resolve({ ending, result: 'done' });
    await this.over;
  }

  async break(): Promise<void> {
    this.#end.reject(new Error('it broke'));
    await expect(this.over).rejects.toThrow('it broke');
  }
}

/** Lets everything that is ready go on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('turns', () => {
  test('are given as others leave', async () => {
    const flight = new InFlight(limits);
    const [a, b, c] = ['a', 'b', 'c'].map((name) => new AtWork(flight, name));
    if (!a || !b || !c) throw new Error('three turns');
    await settled();
    expect([a.started, b.started, c.started]).toEqual([true, true, false]);
    await a.end('succeeded');
    await settled();
    expect(c.started).toBe(true);
    await c.end('succeeded');
    expect(await c.over).toEqual({ result: 'done' });
  });

  test('that are given back are given to others, and count for nothing', async () => {
    const flight = new InFlight({ ...limits, maxInFlight: 1 });
    const a = new AtWork(flight, 'a');
    const b = new AtWork(flight, 'b');
    await settled();
    await a.end('untouched');
    await settled();
    expect(b.started).toBe(true);
    await b.end('succeeded');
    const again = new AtWork(flight, 'a');
    await settled();
    expect(again.started).toBe(true);
  });

  test('are refused after too many failures, and after Ctrl-C', async () => {
    const flight = new InFlight({ ...limits, maxInFlight: 1 });
    const a = new AtWork(flight, 'a');
    const b = new AtWork(flight, 'b');
    await settled();
    await a.end('failed');
    expect(await b.over).toEqual({ refused: 'wave 1 has 1 failed, allowed are 0' });
    const stop = new AbortController();
    const stopped = new InFlight(limits, stop.signal);
    stop.abort();
    expect(await new AtWork(stopped, 'a').over).toHaveProperty('refused');
    expect(await new AtWork(new InFlight(limits, AbortSignal.abort()), 'a').over).toHaveProperty('refused');
  });

  test.each(['at once', 'later'])(
    'of work that throws %s are given back, as those of failed machines',
    async (when) => {
      const flight = new InFlight({ maxInFlight: 1, maxFailures: 1, maxFailuresTotal: 1 });
      if (when === 'later') {
        const a = new AtWork(flight, 'a');
        await settled();
        await a.break();
      } else {
        const broken = flight.take('a', 1, () => {
          throw new Error('no such user');
        });
        await expect(broken).rejects.toThrow('no such user');
      }
      const b = new AtWork(flight, 'b');
      await settled();
      expect(b.started).toBe(true);
      await b.end('failed');
      expect(await new AtWork(flight, 'c').over).toEqual({ refused: 'wave 1 has 2 failed, allowed are 1' });
    },
  );

  test('never more at once than allowed, however work ends', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.constantFrom('succeeded', 'untouched', 'throws'), { minLength: 12, maxLength: 12 }),
        async (maxInFlight, ways) => {
          const flight = new InFlight({ maxInFlight, maxFailures: 99, maxFailuresTotal: 99 });
          const now = new Set<string>();
          let most = 0;
          const ends = await Promise.allSettled(
            ways.map((way, i) =>
              flight.take(`m-${i}`, 1, async () => {
                now.add(`m-${i}`);
                most = Math.max(most, now.size);
                await Promise.resolve();
                now.delete(`m-${i}`);
                if (way === 'throws') throw new Error(way);
                return { ending: way, result: i };
              }),
            ),
          );
          expect(most).toBe(Math.min(maxInFlight, ways.length));
          expect(ends.map(({ status }) => status === 'rejected')).toEqual(
            ways.map((way) => way === 'throws'),
          );
        },
      ),
    );
  });
});
