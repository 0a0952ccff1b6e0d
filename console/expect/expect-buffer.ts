import { LineText } from './line-text.ts';
import { firstMatch, type Match, type Pattern, reachOf } from './pattern.ts';

/** Bounds of what is kept; see `ExpectBuffer`. */
export interface ExpectBufferOptions {
  /** Characters kept that nobody has watched yet; the oldest are dropped first. Default 262,144. */
  readonly unwatched?: number;
  /** The longest text that an expression can match which does not say its `reach`. Default 512. */
  readonly longestMatch?: number;
}

/** Characters applied at once, at most: all of them are searched before more can push them out of what is kept. */
const longestStretch = 4_096;

/**
 * The expect engine's core, without any waiting: text goes in, matches come out.
 *
 * Text is applied to the line only as far as somebody watches it. That way a message that was printed and erased
 * again within one chunk (iPXE's banner) is still seen, and what comes behind a match waits for the next watcher.
 *
 * A character costs the same however long its line is: a search goes back no further than the patterns reach.
 */
export class ExpectBuffer {
  readonly #seen = new LineText();
  readonly #unwatched: number;
  readonly #longestMatch: number;
  /** What arrived and is not applied yet: `#ahead` from `#at` on, then `#arrived`. */
  #ahead = '';
  #at = 0;
  #arrived: string[] = [];
  #arrivedLength = 0;
  /** Absolute position in `#seen` behind the last match. */
  #cursor = 0;
  /** Everything in `#seen` before this was searched with the present patterns. */
  #searched = 0;
  #patterns: readonly Pattern[] | undefined;

  constructor({ unwatched = 262_144, longestMatch = 512 }: ExpectBufferOptions = {}) {
    this.#unwatched = unwatched;
    this.#longestMatch = longestMatch;
  }

  /** Adds what arrived, as `ControlSequenceFilter` left it. */
  feed(text: string): void {
    if (text === '') return;
    this.#arrived.push(text);
    this.#arrivedLength += text.length;
    // Dropped seldom, so that it costs little while nobody watches.
    if (this.#arrivedLength > this.#unwatched || this.#arrived.length > 4_096) this.#gather();
  }

  /**
   * The first match behind the last one, or `undefined` when it has not arrived yet: feed, then ask again.
   * With the same patterns, only new text is searched.
   */
  next(patterns: readonly Pattern[]): Match | undefined {
    if (patterns !== this.#patterns) {
      this.#patterns = patterns;
      this.#searched = this.#cursor;
    }
    this.#gather();
    for (;;) {
      const found = this.#search(patterns);
      if (found) return found;
      if (!this.#advance()) return undefined;
    }
  }

  /** Forgets what has not been matched, so that the next match is in what arrives from now on. */
  skip(): void {
    this.#gather();
    this.#seen.write(this.#ahead.slice(this.#at));
    this.#ahead = '';
    this.#at = 0;
    this.#cursor = this.#seen.end;
    this.#searched = this.#cursor;
  }

  /** Puts what arrived behind what is ahead. Several returns in a row are one. */
  #gather(): void {
    if (this.#arrived.length === 0) return;
    const all = this.#ahead.slice(this.#at) + this.#arrived.join('');
    this.#arrived = [];
    this.#arrivedLength = 0;
    this.#at = 0;
    this.#ahead = all.slice(-this.#unwatched).replaceAll(/\r{2,}/g, '\r');
  }

  #search(patterns: readonly Pattern[]): Match | undefined {
    // Text to the right of the cursor is older: it was searched when it was written.
    const { start, writing } = this.#seen;
    const earliest = Math.max(this.#cursor, start);
    if (this.#searched >= writing && this.#searched > earliest) return undefined;
    const begin = (pattern: Pattern): number =>
      Math.max(earliest, this.#searched - reachOf(pattern, this.#longestMatch));
    const first = Math.min(...patterns.map(begin));
    // One more, so that an expression sees that it does not begin at the start of a line.
    const from = Math.max(earliest, first - 1);
    const found = firstMatch(patterns, this.#seen.slice(from, writing), (pattern) => begin(pattern) - from);
    if (!found) {
      this.#searched = Math.max(this.#searched, writing);
      return undefined;
    }
    const before = this.#seen.slice(earliest, from + found.start);
    this.#cursor = from + found.end;
    this.#searched = this.#cursor;
    return { name: found.name, text: found.text, groups: found.groups, before };
  }

  /** Applies the next stretch, up to the next character that takes text away. False when nothing is ahead. */
  #advance(): boolean {
    const taken = takingEnd(this.#ahead, this.#at);
    const given = givingEnd(this.#ahead, taken);
    if (given === this.#at) return false;
    this.#seen.write(this.#ahead.slice(this.#at, taken));
    // What is written next replaces what was matched there, so it is searched again from that place on.
    this.#cursor = Math.min(this.#cursor, this.#seen.writing);
    this.#searched = Math.min(this.#searched, this.#seen.writing);
    this.#seen.write(this.#ahead.slice(taken, given));
    this.#at = given;
    return true;
  }
}

/** Where the characters end that take text away: backspaces, and a return that is not part of a line end. */
function takingEnd(text: string, from: number): number {
  let at = from;
  while (takesAway(text, at)) at += 1;
  return at;
}

/** Where the text ends up to the next of those, or with its line. A return at the very end waits for what comes behind. */
function givingEnd(text: string, from: number): number {
  const most = Math.min(text.length, from + longestStretch);
  for (let at = from; at < most; at += 1) {
    const isLast = at + 1 === text.length;
    if (takesAway(text, at) || (isLast && text[at] === '\r')) return at;
    if (text[at] === '\n') return at + 1;
  }
  return most;
}

function takesAway(text: string, at: number): boolean {
  if (text[at] === '\b') return true;
  return text[at] === '\r' && at + 1 < text.length && text[at + 1] !== '\n';
}
