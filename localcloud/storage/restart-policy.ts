/** How often the object storage may end by itself before it is given up, and how long to wait before each new start. */
export interface RestartPolicy {
  /** Ends within `window` that are still answered by a new start; default 5. */
  readonly most: number;
  /** Seconds. Default 60. */
  readonly window: number;
}

export const defaultRestartPolicy: RestartPolicy = { most: 5, window: 60 };

/**
 * What to do after an end.
 *
 * @param ends times of all ends so far in seconds, in order; the last is the one to answer
 * @returns seconds to wait before the next start, doubling from 0.1 to at most 5, or `give-up`
 * @example afterEnd([100], defaultRestartPolicy) // 0.1
 */
export function afterEnd(ends: readonly number[], policy: RestartPolicy): number | 'give-up' {
  const now = ends.at(-1) ?? 0;
  const recent = ends.filter((end) => now - end < policy.window).length;
  return recent > policy.most ? 'give-up' : Math.min(5, 0.1 * 2 ** (recent - 1));
}
