import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Turns } from '../../waiting/turns.ts';

test('never more at once than allowed, all of it in order, also behind work that fails', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.record({ ticks: fc.nat({ max: 5 }), fails: fc.boolean() }), { maxLength: 30 }),
      async (atOnce, pieces) => {
        const turns = new Turns(atOnce);
        const begun: number[] = [];
        let running = 0;
        let most = 0;
        const ends = pieces.map(({ ticks, fails }, index) =>
          turns.take(async () => {
            begun.push(index);
            running += 1;
            most = Math.max(most, running);
            for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
            running -= 1;
            if (fails) throw new Error('it failed');
            return index;
          }),
        );
        const settled = await Promise.allSettled(ends);
        expect(settled.map(({ status }) => status)).toEqual(
          pieces.map(({ fails }) => (fails ? 'rejected' : 'fulfilled')),
        );
        expect(most).toBeLessThanOrEqual(atOnce);
        expect(begun).toEqual(pieces.map((_, index) => index));
      },
    ),
  );
});

test('only who has to wait is told', async () => {
  const turns = new Turns(1);
  const told: string[] = [];
  const first = Promise.withResolvers<undefined>();
  const one = turns.take(
    () => first.promise,
    () => told.push('one'),
  );
  const two = turns.take(
    () => Promise.resolve(),
    () => told.push('two'),
  );
  first.resolve(undefined);
  await Promise.all([one, two]);
  await turns.take(
    () => Promise.resolve(),
    () => told.push('three'),
  );
  expect(told).toEqual(['two']);
});

test('without a limit nobody waits', async () => {
  const turns = new Turns(Infinity);
  const told: number[] = [];
  await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      turns.take(
        () => new Promise(setImmediate),
        () => told.push(index),
      ),
    ),
  );
  expect(told).toEqual([]);
});
