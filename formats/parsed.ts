/** What a parser of bytes gives: the value, or the reason why the bytes are not one. Parsers never throw. */
export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

export function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

export function notParsed(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}

/** Bytes of one sector in all tables here; 4096-byte sectors are not supported. */
export const sectorBytes = 512;

/** The first sector number whose byte no JavaScript number holds exactly: 2^44, at 8 PiB. No disk has it. */
export const beyondDisks = 2 ** 44;
