/** What the clocks of a time zone show. Zones and their changes are those of the IANA database, as Node has it. */

/** A moment as a clock on the wall shows it. */
export interface Clock {
  /** 0 is Sunday. */
  readonly weekday: number;
  /** Minutes after midnight, with seconds as their fraction. */
  readonly minute: number;
}

const minute = 60_000;
const day = 24 * 60 * minute;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether there is a time zone of that name. @example isTimeZone('Europe/Paris') // true */
export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** What the clock shows at a moment, in milliseconds since 1970. */
export function clockAt(zone: string, moment: number): Clock {
  const local = moment + offsetAt(zone, moment);
  // 1970-01-01 was a Thursday.
  const days = Math.floor(local / day);
  return { weekday: (((days + 4) % 7) + 7) % 7, minute: (local - days * day) / minute };
}

/**
 * The moments at which the clock shows a time of day, on the date that it shows `days` after the one that it shows at
 * `moment`: one as a rule, none when that time is skipped, two when it comes twice. Dates are counted as such: a day
 * later is not always 24 hours later.
 */
export function instantsOf(
  zone: string,
  moment: number,
  { days, minutes }: { days: number; minutes: number },
): number[] {
  const today = Math.floor((moment + offsetAt(zone, moment)) / day);
  const wanted = (today + days) * day + minutes * minute;
  const offsets = new Set([-day, 0, day].map((away) => offsetAt(zone, wanted + away)));
  return [...offsets]
    .map((offset) => wanted - offset)
    .filter((instant) => instant + offsetAt(zone, instant) === wanted);
}

/** The moments between two others at which the clocks are put forward or back. */
export function jumpsBetween(zone: string, from: number, to: number): number[] {
  const jumps: number[] = [];
  for (let at = from; at < to; at += day / 2) {
    let [low, high] = [at, Math.min(to, at + day / 2)];
    const before = offsetAt(zone, low);
    if (offsetAt(zone, high) === before) continue;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (offsetAt(zone, middle) === before) low = middle;
      else high = middle;
    }
    jumps.push(high);
  }
  return jumps;
}

/** Milliseconds by which the clock is ahead of UTC. */
function offsetAt(zone: string, moment: number): number {
  const second = Math.floor(moment / 1000) * 1000;
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(second)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day: date = 1, hour = 0, minute: minutes = 0, second: seconds = 0 } = parts;
  return Date.UTC(year, month - 1, date, hour, minutes, seconds) - second;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric',
      hour: 'numeric', minute: 'numeric', second: 'numeric',
    }); // prettier-ignore
    formats.set(zone, format);
  }
  return format;
}
