import { clockAt, instantsOf, isTimeZone, jumpsBetween } from './wall-clock.ts';

/** Times of the week during which machines may be touched, as a clock on the wall of a time zone shows them. */
export interface Window {
  /** Weekdays on which it opens: 0 is Sunday. */
  readonly days: readonly number[];
  /** Minutes after midnight at which it opens. */
  readonly start: number;
  /** Minutes from then on; at most a day. */
  readonly length: number;
  /** IANA name. Example: `Europe/Paris`. */
  readonly zone: string;
}

const dayNames = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const day = 24 * 60;
const form =
  'write for instance "Mon-Fri 02:00-04:00", "daily 23:00-01:00" or "Sat,Sun 00:00-06:00 Europe/Paris"';

/**
 * Reads one maintenance window: days, hours, time zone. Days are `daily` (the default), names (`Mon` or `Monday`),
 * ranges (`Mon-Fri`, also `Sat-Mon`), and lists of both. An end that is not after its start is on the following day;
 * `24:00` is the end of a day. The zone is a name of the IANA database; default UTC.
 *
 * @throws RangeError with what is wrong and what was expected.
 * @example parseWindow('Mon-Fri 22:00-02:00 Europe/Paris')
 */
export function parseWindow(text: string): Window {
  const match =
    /^(?:(?<days>[a-z][a-z,\s-]*?)\s+)?(?<from>\d{1,2}:\d{2})\s*-\s*(?<to>\d{1,2}:\d{2})(?:\s+(?<zone>\S+))?$/i.exec(
      text.trim(),
    );
  if (!match?.groups) throw new RangeError(`"${text}" is not a window; ${form}`);
  const { days = 'daily', from = '', to = '', zone = 'UTC' } = match.groups;
  const start = minutesOf(text, from);
  const end = minutesOf(text, to);
  if (start === day) throw new RangeError(`"${text}" is not a window: it cannot begin at 24:00; ${form}`);
  if (!isTimeZone(zone))
    throw new RangeError(`"${text}" is not a window: there is no time zone ${zone}; ${form}`);
  return { days: daysOf(text, days), start, length: end > start ? end - start : end - start + day, zone };
}

function minutesOf(text: string, time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  if (minutes > 59 || hours * 60 + minutes > day)
    throw new RangeError(`"${text}" is not a window: ${time} is no time of day; ${form}`);
  return hours * 60 + minutes;
}

function daysOf(text: string, given: string): readonly number[] {
  if (given.toLowerCase() === 'daily') return [0, 1, 2, 3, 4, 5, 6];
  const found = new Set<number>();
  for (const part of given.split(',')) {
    const [first = '', last = first, ...more] = part.split('-').map((name) => name.trim());
    if (more.length > 0)
      throw new RangeError(`"${text}" is not a window: "${part}" is no range of days; ${form}`);
    const [a, b] = [dayOf(text, first), dayOf(text, last)];
    for (let i = a; ; i = (i + 1) % 7) {
      found.add(i);
      if (i === b) break;
    }
  }
  return [...found].sort();
}

function dayOf(text: string, name: string): number {
  const lower = name.toLowerCase();
  const found = dayNames.findIndex((one) => lower === one || lower === one.slice(0, 3));
  if (found < 0) throw new RangeError(`"${text}" is not a window: there is no day "${name}"; ${form}`);
  return found;
}

/**
 * Whether the clock on the wall shows a time inside of a window. Where clocks are put forward, what they skip is
 * missing from the window; where they are put back, what they show twice is open twice.
 *
 * @param now milliseconds since 1970.
 */
export function isOpen({ days, start, length, zone }: Window, now: number): boolean {
  const { weekday, minute } = clockAt(zone, now);
  const opened = (since: number, on: number): boolean =>
    days.includes((on + 7) % 7) && since >= start && since < start + length;
  return opened(minute, weekday) || opened(minute + day, weekday - 1);
}

/** How far ahead is looked: a weekly window may be skipped once by a change of the clocks. */
const horizon = 16 * day * 60_000;

/**
 * Seconds until one of the windows is open: 0 inside of one, and always 0 when there are none.
 *
 * @param now milliseconds since 1970.
 */
export function secondsUntilOpen(texts: readonly string[], now: number): number {
  if (texts.length === 0) return 0;
  const waits = texts.map((text) => nextOpening(parseWindow(text), now) - now);
  return Math.ceil(Math.min(...waits) / 1000);
}

/** The first moment from now on at which a window is open: now, its start on some day, or a jump of the clocks into it. */
function nextOpening(window: Window, now: number): number {
  if (isOpen(window, now)) return now;
  const starts = Array.from({ length: 18 }, (_, days) =>
    instantsOf(window.zone, now, { days, minutes: window.start }),
  ).flat();
  const moments = [...starts, ...jumpsBetween(window.zone, now, now + horizon)]
    .filter((moment) => moment > now)
    .sort((a, b) => a - b);
  return moments.find((moment) => isOpen(window, moment)) ?? Number.POSITIVE_INFINITY;
}
