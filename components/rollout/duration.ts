/** A length of time as users write it: a number of seconds, or a number with its unit. Examples: `30`, `'30s'`, `'5m'`, `'1h'`. */
export type Duration = number | string;

const seconds = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Longest duration in seconds: a year. Timers and numbers hold more, people mean none. */
const longest = 366 * seconds.d;

/**
 * A duration in seconds.
 *
 * @throws RangeError for anything that is not a duration, or longer than a year; its text says what was expected.
 * @example durationSeconds('5m') // 300
 */
export function durationSeconds(given: Duration): number {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?$/.exec(String(given).trim());
  const unit = (match?.[2] ?? 's') as keyof typeof seconds;
  // A number as it is: its text may have an exponent.
  const length = typeof given === 'number' ? given : Number(match?.[1] ?? Number.NaN) * seconds[unit];
  if (!(length >= 0)) throw new RangeError(`"${given}" is not a duration; write for instance 30s, 5m or 1h`);
  if (length > longest) throw new RangeError(`"${given}" is too long a duration; write at most 366d`);
  return length;
}

/** A length of time for people, with at most two units. Example: `formatSeconds(95) === '1m 35s'`. */
export function formatSeconds(length: number): string {
  if (length < 9.95) return `${Math.round(length * 10) / 10}s`;
  const whole = Math.round(length);
  if (whole < 60) return `${whole}s`;
  const [large, unit, small, rest] =
    whole < 3600
      ? ([Math.floor(whole / 60), 'm', whole % 60, 's'] as const)
      : ([Math.floor(whole / 3600), 'h', Math.floor((whole % 3600) / 60), 'm'] as const);
  return small === 0 ? `${large}${unit}` : `${large}${unit} ${small}${rest}`;
}
