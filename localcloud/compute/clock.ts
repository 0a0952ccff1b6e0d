/** The time as the instance API writes it: `2026-07-30T12:55:26.540666+00:00`. */
export function instanceTime(iso: string): string {
  return iso.replace(/Z$/, '+00:00');
}

/** Now, in ISO 8601 with microseconds, as the block API writes it and records keep it. */
export function now(): string {
  const micros = Math.floor((performance.timeOrigin + performance.now()) * 1000);
  const part = String(micros % 1000).padStart(3, '0');
  return new Date(Math.floor(micros / 1000)).toISOString().replace('Z', `${part}Z`);
}
