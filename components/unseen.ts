/**
 * What is not known of a machine is said to be unknown: the last thing that was seen of one that does not answer is no
 * fact about the present.
 */

/**
 * Since when a machine has not been seen, once a look at it has failed.
 *
 * @param before what the state says: a machine that was not seen the last time either keeps that time.
 * @param now milliseconds since 1970.
 * @returns ISO time.
 */
export function unseenSince(before: string | undefined, now: number): string {
  return before === undefined || before === '' ? new Date(now).toISOString() : before;
}

/**
 * In words.
 *
 * @param since ISO time; absent or empty where that is not known either.
 * @example sayUnseen('2026-11-27T23:10:04.000Z') // 'unknown (not seen since 2026-11-27 23:10 UTC)'
 */
export function sayUnseen(since: string | undefined): string {
  if (since === undefined || since === '') return 'unknown';
  return `unknown (not seen since ${since.slice(0, 16).replace('T', ' ')} UTC)`;
}
