/**
 * asciicast version 2: a header line, then one JSON array an event.
 * Source: https://docs.asciinema.org/manual/asciicast/v2/
 */

/** The first line of a file. */
export interface CastHeader {
  /** When the recording began, seconds since 1970. */
  readonly timestamp: number;
  readonly title: string;
  readonly width?: number;
  readonly height?: number;
}

/** `o` output, `i` input, `m` a marker (a step of the dialogue). */
export type CastEventKind = 'o' | 'i' | 'm';

export interface CastEvent {
  /** Seconds since the recording began. */
  readonly time: number;
  readonly kind: CastEventKind;
  readonly data: string;
}

export interface Cast {
  readonly header: CastHeader;
  readonly events: readonly CastEvent[];
}

/** The header as a line of the file. A console has 80 columns and 24 rows unless somebody says otherwise. */
export function formatHeader({ timestamp, title, width = 80, height = 24 }: CastHeader): string {
  return `${JSON.stringify({ version: 2, width, height, timestamp: Math.floor(timestamp), title })}\n`;
}

/** An event as a line of the file; time in microseconds, as asciinema writes it. */
export function formatEvent({ time, kind, data }: CastEvent): string {
  return `${JSON.stringify([Math.round(time * 1e6) / 1e6, kind, data])}\n`;
}

/** Where and why a text is not a cast. */
export interface CastFault {
  readonly line: number;
  readonly reason: string;
}

/**
 * Reads a whole file. A last line without its line feed was cut off by a crash and is left out.
 * Events of other kinds (resize) are left out too.
 */
export function parseCast(text: string): Cast | CastFault {
  const lines = text.split('\n');
  lines.pop();
  const header = parseJson(lines[0] ?? '');
  if (!isHeader(header)) return { line: 1, reason: 'no header of version 2' };
  const events: CastEvent[] = [];
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line === '') continue;
    const event = parseJson(line);
    if (!Array.isArray(event)) return { line: index + 1, reason: 'not an event' };
    const [time, kind, data] = event as unknown[];
    if (typeof time !== 'number' || typeof kind !== 'string' || typeof data !== 'string')
      return { line: index + 1, reason: 'an event is [time, kind, data]' };
    if (kind === 'o' || kind === 'i' || kind === 'm') events.push({ time, kind, data });
  }
  return { header, events };
}

function isHeader(value: unknown): value is CastHeader {
  if (typeof value !== 'object' || value === null) return false;
  const { version, timestamp, title } = value as Record<string, unknown>;
  return version === 2 && typeof timestamp === 'number' && typeof title === 'string';
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
