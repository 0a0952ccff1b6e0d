import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { unlessAborted } from '../../waiting/unless-aborted.ts';

test('what the work says counts, and nothing of a wait that is over stays with the signal', async () => {
  const { signal } = new AbortController();
  for (let wait = 0; wait < 100; wait += 1)
    expect(await unlessAborted(Promise.resolve(wait), signal)).toBe(wait);
  await expect(unlessAborted(Promise.reject(new Error('work')), signal)).rejects.toThrow('work');
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('a signal that fires ends the wait with its reason, also one that fired before', async () => {
  const controller = new AbortController();
  const never = new Promise<never>(() => undefined);
  const waiting = unlessAborted(never, controller.signal);
  controller.abort(new Error('the other side has gone'));
  await expect(waiting).rejects.toThrow('the other side has gone');
  await expect(unlessAborted(Promise.resolve(1), controller.signal)).rejects.toThrow('the other side');
  expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
});
