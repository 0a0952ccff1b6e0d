const units = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Bytes for people, decimal units. Example: `formatBytes(8_400_000) === '8.4 MB'`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : Math.round(value * 10) / 10} ${units[unit]}`;
}

/**
 * A number of bytes as users write it: a number, or a number with kB, MB, GB (powers of ten).
 *
 * @throws RangeError with what was expected.
 * @example byteSize('10MB') // 10_000_000
 */
export function byteSize(given: number | string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(B|kB|MB|GB|TB)?$/i.exec(String(given).trim());
  const unit = units.findIndex((name) => name.toLowerCase() === (match?.[2] ?? 'B').toLowerCase());
  // A number as it is: its text may have an exponent.
  const size = typeof given === 'number' ? given : Number(match?.[1] ?? Number.NaN) * 1000 ** unit;
  if (!(size > 0 && size <= Number.MAX_SAFE_INTEGER))
    throw new RangeError(`"${given}" is not a size; write for instance 10MB`);
  return Math.round(size);
}
