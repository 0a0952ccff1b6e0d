/**
 * Takes terminal control sequences out of a stream of text, whatever pieces it arrives in.
 *
 * What is left is text with only four controls in it: line feed, carriage return, backspace and tab. Sequences
 * that move the cursor to another row (UEFI firmware writes its screens that way) become a line feed.
 * Source: ECMA-48, 5.4 (control sequences) and 5.6 (control strings).
 */

const ESC = '\u001b';
/** A control string (title, device control) longer than this is not one: its start was line noise. */
const LONGEST_SEQUENCE = 256;

/** Streaming filter: decoded text in, plain text out. It keeps an unfinished sequence for the next call. */
export class ControlSequenceFilter {
  #held = '';

  /** This text without control sequences, with what the call before had held back. */
  feed(arrived: string): string {
    const input = this.#held + arrived;
    this.#held = '';
    let text = '';
    let at = 0;
    while (at < input.length) {
      const char = input[at] ?? '';
      if (char !== ESC) {
        if (isText(char)) text += char;
        at += 1;
        continue;
      }
      const sequence = readSequence(input, at);
      if (sequence === 'unfinished') {
        this.#held = input.slice(at);
        break;
      }
      text += sequence.means;
      at += sequence.length;
    }
    return text;
  }
}

function isText(char: string): boolean {
  const code = char.charCodeAt(0);
  return code === 8 || code === 9 || code === 10 || code === 13 || (code >= 32 && code !== 127);
}

interface Sequence {
  readonly length: number;
  readonly means: string;
}

/** Its start alone is taken out of what is no sequence. */
const none: Sequence = { length: 1, means: '' };

/** Looks no further than a sequence may be long, so that many starts without an end cost little. */
function readSequence(input: string, start: number): Sequence | 'unfinished' {
  const sequence = sequenceAt(input.slice(start, start + LONGEST_SEQUENCE));
  if (sequence !== 'unfinished') return sequence;
  return input.length - start < LONGEST_SEQUENCE ? 'unfinished' : none;
}

function sequenceAt(text: string): Sequence | 'unfinished' {
  const kind = text[1];
  if (kind === undefined) return 'unfinished';
  if (kind === '[') {
    let end = 2;
    while (end < text.length && /[0-?]/.test(text[end] ?? '')) end += 1;
    while (end < text.length && /[ -/]/.test(text[end] ?? '')) end += 1;
    const final = text[end];
    if (final === undefined) return 'unfinished';
    // A byte that cannot end a sequence: the sequence was cut off by other output, which stays.
    if (!/[@-~]/.test(final)) return { length: end, means: '' };
    return { length: end + 1, means: meaning(final, text.slice(2, end)) };
  }
  if (kind === ']' || kind === 'P' || kind === '_' || kind === '^') {
    for (let end = 2; end < text.length; end += 1) {
      if (text[end] === '\u0007') return { length: end + 1, means: '' };
      if (text[end] === ESC && text[end + 1] === '\\') return { length: end + 2, means: '' };
    }
    return 'unfinished';
  }
  if (/[ -/]/.test(kind)) return text[2] === undefined ? 'unfinished' : { length: 3, means: '' };
  // A second ESC starts a sequence of its own.
  return { length: kind === ESC ? 1 : 2, means: '' };
}

function meaning(final: string, parameters: string): string {
  if (final === 'H' || final === 'f' || final === 'E' || final === 'F') return '\n';
  if (final === 'J' && (parameters === '2' || parameters === '3')) return '\n';
  return '';
}
