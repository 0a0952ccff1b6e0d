import { setTimeout as pause } from 'node:timers/promises';
import type { Deadline } from './deadline.ts';

/** What `poll` needs to know; see there. */
export interface PollOptions<T> {
  /** Looks once. `undefined` means: not yet. An error thrown here ends the wait. */
  readonly probe: () => Promise<T | undefined>;
  readonly deadline: Deadline;
  /** Seconds between two looks; default 0.5. */
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
export async function poll<T>({ probe, deadline, every = 0.5, onTimeout }: PollOptions<T>): Promise<T> {
  for (;;) {
    const seen = await probe();
    if (seen !== undefined) return seen;
    if (deadline.passed) throw onTimeout();
    try {
      await pause(Math.min(every * 1000, Math.max(1, deadline.left)), undefined, { signal: deadline.signal });
    } catch (interrupted) {
      // Cut short by the deadline or its outer signal: the loop looks a last time, then gives up by its own error.
      if (!(interrupted instanceof Error && interrupted.name === 'AbortError')) throw interrupted;
    }
  }
}
