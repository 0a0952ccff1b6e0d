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

  test('ends with a signal that is added, and with what it had before', () => {
    const outer = new AbortController();
    const added = new AbortController();
    const deadline = Deadline.after(20, outer.signal);
    const ended = deadline.endedBy(added.signal);
    const other = deadline.endedBy(new AbortController().signal);
    expect(ended.left).toBeGreaterThan(19_000);
    added.abort();
    expect([ended.passed, ended.signal.aborted, deadline.passed]).toEqual([true, true, false]);
    outer.abort();
    expect(other.passed).toBe(true);
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

  test('within never reaches past the whole', () => {
    expect(Deadline.after(1).within(100).left).toBeLessThanOrEqual(1000);
    expect(Deadline.after(100).within(1).left).toBeLessThanOrEqual(1000);
  });
});
