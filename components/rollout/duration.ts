/** A length of time as users write it: a number of seconds, or a number with its unit. Examples: `30`, `'30s'`, `'5m'`, `'1h'`. */
export type Duration = number | string;

const seconds = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 } as const;

/**
 * A duration in seconds.
 *
 * @throws RangeError for anything that is not a duration; its text says what was expected.
 * @example durationSeconds('5m') // 300
 */
export function durationSeconds(given: Duration): number {
  if (typeof given === 'number' && given >= 0 && Number.isFinite(given)) return given;
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?$/.exec(String(given).trim());
  if (!match) throw new RangeError(`"${given}" is not a duration; write for instance 30s, 5m or 1h`);
  return Number(match[1]) * seconds[(match[2] ?? 's') as keyof typeof seconds];
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
