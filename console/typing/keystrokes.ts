/** One key to send and what its echo must be. */
export interface Keystroke {
  readonly key: string;
  /** The character itself, or the echo of a backspace. */
  readonly echo: string;
}

/** Kills the line: iPXE, OpenBSD's boot loader and every Unix terminal know it. */
export const KILL_LINE = '\u0015';
export const BACKSPACE = '\b';
export const ENTER = '\r';

/** True for a line that can be typed and read back: printable ASCII that does not begin with a blank. */
export function isTypeable(line: string): boolean {
  return /^[!-~][ -~]*$/.test(line);
}

/**
 * The keys that write a line.
 *
 * `careful` is for lines that echo a character twice now and then: there `tt` may be one `t`, so that two equal
 * characters are kept apart by one that is taken back at once (`t`, `x`, backspace, `t`).
 */
export function keystrokesFor(line: string, careful: boolean): Keystroke[] {
  const keys: Keystroke[] = [];
  let before = '';
  for (const char of line) {
    if (careful && char === before) {
      const between = char === 'x' ? 'y' : 'x';
      keys.push({ key: between, echo: between }, { key: BACKSPACE, echo: BACKSPACE });
    }
    keys.push({ key: char, echo: char });
    before = char;
  }
  return keys;
}
