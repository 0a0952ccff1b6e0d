import { expect, test } from 'vitest';
import { inParallel } from '../../waiting/in-parallel.ts';

test('results come in the order of the items, never more under way than allowed', async () => {
  let under = 0;
  let most = 0;
  const results = await inParallel([3, 1, 2, 0], 2, async (item) => {
    most = Math.max(most, (under += 1));
    for (let tick = 0; tick < item; tick += 1) await Promise.resolve();
    under -= 1;
    return item * 10;
  });
  expect(results).toEqual([30, 10, 20, 0]);
  expect(most).toBe(2);
});

test('a failure keeps no other item from being done, and nothing goes on behind it', async () => {
  const done: string[] = [];
  const slow = Promise.withResolvers<undefined>();
  const all = inParallel(['fails', 'slow', 'next', 'fails too'], 2, async (item) => {
    if (item === 'slow') await slow.promise;
    if (item.startsWith('fails')) throw new Error(item);
    done.push(item);
  });
  let thrown = false;
  all.catch(() => (thrown = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect([thrown, done]).toEqual([false, ['next']]);
  slow.resolve(undefined);
  await expect(all).rejects.toThrow(/^fails$/);
  expect(done).toEqual(['next', 'slow']);
});
