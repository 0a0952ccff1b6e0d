import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { Deadline } from '../../waiting/deadline.ts';

describe('Deadline', () => {
  test('has passed whenever its own signal fires: timers of Node fire up to a millisecond early', async () => {
    const early: number[] = [];
    const watch = async (milliseconds: number): Promise<void> => {
      const deadline = Deadline.after(milliseconds / 1000);
      await once(deadline.signal, 'abort');
      if (!deadline.passed) early.push(deadline.left);
    };
    await Promise.all(Array.from({ length: 1_000 }, (_, at) => watch(1 + at / 7)));
    expect(early).toEqual([]);
  });

  test('passes with the outer signal, and so does what was derived from it', async () => {
    const outer = new AbortController();
    const deadline = Deadline.after(20, outer.signal);
    const inner = deadline.within(10);
    const fired = Promise.all([once(deadline.signal, 'abort'), once(inner.signal, 'abort')]);
    expect([deadline.passed, inner.passed]).toEqual([false, false]);
    outer.abort();
    await fired;
    expect([deadline.passed, inner.passed]).toEqual([true, true]);
  });

  test('the earlier of two counts', () => {
    expect(Deadline.after(20).within(0.5).left).toBeLessThanOrEqual(500);
    expect(Deadline.after(0.5).within(20).left).toBeLessThanOrEqual(500);
  });
});
