import { setTimeout as pause } from 'node:timers/promises';
import type { Deadline } from './deadline.ts';

/** What `poll` needs to know; see there. */
export interface PollOptions<T> {
  /** Looks once. `undefined` means: not yet. An error thrown here ends the wait. */
  readonly probe: () => Promise<T | undefined>;
  readonly deadline: Deadline;
  /**
   * Seconds between two looks. Default: 0.05 after the first one, each time twice as long, at most 1: what comes soon
   * is seen soon, and what takes long is not asked for too often.
   */
  readonly every?: number;
  /** Makes the error thrown when the deadline has passed. */
  readonly onTimeout: () => Error;
}

/**
 * Looks again and again until there is something to see, for things that send no event (a cloud's API).
 * The probe always runs at least once, also with a deadline that has passed. A pause ends early when the
 * deadline's outer signal fires.
 *
 * @example await poll({ probe: () => serverIfRunning(id), deadline: Deadline.after(60), onTimeout: () => new Error() })
 */
export async function poll<T>({ probe, deadline, every, onTimeout }: PollOptions<T>): Promise<T> {
  for (let looks = 1; ; looks += 1) {
    const seen = await probe();
    if (seen !== undefined) return seen;
    if (deadline.passed) throw onTimeout();
    try {
      const seconds = every ?? pauseAfter(looks);
      await pause(Math.min(seconds * 1000, Math.max(1, deadline.left)), undefined, {
        signal: deadline.signal,
      });
    } catch (interrupted) {
      // Cut short by the deadline or its outer signal: the loop looks a last time, then gives up by its own error.
      if (!(interrupted instanceof Error && interrupted.name === 'AbortError')) throw interrupted;
    }
  }
}

/** Seconds to wait after so many looks. Pure. */
export function pauseAfter(looks: number): number {
  return Math.min(1, 0.05 * 2 ** (looks - 1));
}
