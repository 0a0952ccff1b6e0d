/** Whether and when a failed request is sent again. Pure. */

/** Longest wait between two attempts, in seconds, also when the cloud asks for more. */
export const longestDelay = 30;

/**
 * True when sending again can help and cannot do anything twice.
 *
 * @param failure `status` 0 is a failed connection; `sent` tells whether the cloud may have seen the request.
 * @param idempotent doing it twice has the same effect as doing it once.
 */
export function mayRetry(failure: { status: number; sent: boolean }, idempotent: boolean): boolean {
  if (failure.status === 429) return true; // Refused before it was looked at.
  if (failure.status === 0) return idempotent || !failure.sent;
  return failure.status >= 500 && idempotent;
}

/**
 * Seconds until the next attempt: what the cloud asks for (`Retry-After`), else doubling from `first`, spread by
 * up to half so that many machines do not come back at the same moment.
 *
 * @param attempt the number of attempts made, from 1.
 * @param spread a random number from 0 to 1.
 * @example retryDelay(1, 0.25, undefined, 0) // 0.25
 */
export function retryDelay(
  attempt: number,
  first: number,
  retryAfter: number | undefined,
  spread: number,
): number {
  const wanted = retryAfter ?? first * 2 ** (attempt - 1) * (1 + spread / 2);
  return Math.min(longestDelay, wanted);
}
