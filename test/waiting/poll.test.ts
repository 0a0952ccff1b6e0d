import { describe, expect, test } from 'vitest';
import { Deadline } from '../../waiting/deadline.ts';
import { pauseAfter, poll } from '../../waiting/poll.ts';

const late = () => new Error('too late');

describe('poll', () => {
  test('returns what the probe sees first', async () => {
    const answers = [undefined, undefined, 'here', 'later'];
    await expect(
      poll({
        probe: () => Promise.resolve(answers.shift()),
        deadline: Deadline.after(5),
        every: 0.001,
        onTimeout: late,
      }),
    ).resolves.toBe('here');
    expect(answers).toEqual(['later']);
  });

  test('throws the error it was given once the deadline has passed', async () => {
    await expect(
      poll({
        probe: () => Promise.resolve(undefined),
        deadline: Deadline.after(0.01),
        every: 0.001,
        onTimeout: late,
      }),
    ).rejects.toThrow('too late');
  });

  test('looks once even when the deadline has passed already', async () => {
    await expect(
      poll({ probe: () => Promise.resolve(1), deadline: Deadline.after(0), onTimeout: late }),
    ).resolves.toBe(1);
  });

  test('ends at once when the outer signal fires', async () => {
    const stop = new AbortController();
    const deadline = Deadline.after(60, stop.signal);
    setTimeout(() => {
      stop.abort();
    }, 5);
    await expect(
      poll({ probe: () => Promise.resolve(undefined), deadline, every: 30, onTimeout: late }),
    ).rejects.toThrow('too late');
  });

  test('passes on what the probe throws', async () => {
    await expect(
      poll({
        probe: () => Promise.reject(new Error('no such server')),
        deadline: Deadline.after(5),
        onTimeout: late,
      }),
    ).rejects.toThrow('no such server');
  });

  test('looks again soon at first, and then less and less often', async () => {
    expect([1, 2, 3, 5, 6, 100].map(pauseAfter)).toEqual([0.05, 0.1, 0.2, 0.8, 1, 1]);
    const at: number[] = [];
    const probe = (): Promise<true | undefined> => {
      at.push(performance.now());
      return Promise.resolve(at.length === 3 ? true : undefined);
    };
    await poll({ probe, deadline: Deadline.after(5), onTimeout: late });
    const [first = 0, second = 0, third = 0] = at;
    expect(second - first).toBeGreaterThan(45);
    expect(third - second).toBeGreaterThan(90);
  });
});
