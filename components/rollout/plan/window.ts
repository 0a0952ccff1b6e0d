/** A time of the week during which machines may be touched; minutes from Sunday 00:00 UTC. `to` may lie after Saturday. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const day = 24 * 60;
const week = 7 * day;

/**
 * Reads one maintenance window. An end that is not after its start is on the following day.
 *
 * @throws RangeError with what was expected.
 * @example parseWindow('Mon-Fri 22:00-02:00')  // five windows of four hours
 */
export function parseWindow(text: string): readonly Window[] {
  const match = /^(?:([a-z]{3})(?:-([a-z]{3}))?\s+)?(\d{2}):(\d{2})-(\d{2}):(\d{2})(?:\s+UTC)?$/i.exec(
    text.trim(),
  );
  const first = days.indexOf((match?.[1] ?? 'sun').toLowerCase());
  const last = days.indexOf((match?.[2] ?? match?.[1] ?? 'sat').toLowerCase());
  const start = Number(match?.[3]) * 60 + Number(match?.[4]);
  const end = Number(match?.[5]) * 60 + Number(match?.[6]);
  if (
    !match ||
    first < 0 ||
    last < 0 ||
    start >= day ||
    end > day ||
    Number(match[4]) > 59 ||
    Number(match[6]) > 59
  ) {
    throw new RangeError(`"${text}" is not a window; write for instance "Mon-Fri 02:00-04:00" (UTC)`);
  }
  const length = end > start ? end - start : end - start + day;
  const count = ((last - first + 7) % 7) + 1;
  return Array.from({ length: count }, (_, i) => {
    const from = ((first + i) % 7) * day + start;
    return { from, to: from + length };
  });
}

/**
 * Seconds until one of the windows is open: 0 inside of one, and always 0 when there are none.
 *
 * @param now milliseconds since 1970.
 */
export function secondsUntilOpen(texts: readonly string[], now: number): number {
  if (texts.length === 0) return 0;
  const date = new Date(now);
  const minute =
    date.getUTCDay() * day +
    date.getUTCHours() * 60 +
    date.getUTCMinutes() +
    date.getUTCSeconds() / 60 +
    date.getUTCMilliseconds() / 60_000;
  const waits = texts.flatMap(parseWindow).map(({ from, to }) => {
    const open = (minute >= from && minute < to) || (minute + week >= from && minute + week < to);
    return open ? 0 : (from - minute + week) % week;
  });
  return Math.ceil(Math.min(...waits) * 60);
}
