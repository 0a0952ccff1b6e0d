import { LineText } from './line-text.ts';
import { firstMatch, type Match, type Pattern } from './pattern.ts';

/** Characters that take text away: backspaces, and a return that is not part of a line end. */
const TAKING = /^(?:\r*[\b]|\r+(?=[^\n\r]))*/;
/** Text up to the next of those. A return at the very end waits for what comes behind it. */
const GIVING = /^(?:[^\b\r]|\r+\n)*/;

/** Bounds of what is kept; see `ExpectBuffer`. */
export interface ExpectBufferOptions {
  /** Characters kept that nobody has watched yet; the oldest are dropped first. Default 262,144. */
  readonly unwatched?: number;
  /** The longest text that a pattern can match; decides how far back a search starts again. Default 4,096. */
  readonly longestMatch?: number;
}

/**
 * The expect engine's core, without any waiting: text goes in, matches come out.
 *
 * Text is applied to the line only as far as somebody watches it. That way a message that was printed and erased
 * again within one chunk (iPXE's banner) is still seen, and what comes behind a match waits for the next watcher.
 */
export class ExpectBuffer {
  readonly #seen = new LineText();
  readonly #unwatched: number;
  readonly #longestMatch: number;
  #ahead = '';
  /** Absolute position in `#seen` behind the last match. */
  #cursor = 0;
  /** Everything in `#seen` before this was searched with the present patterns. */
  #searched = 0;
  #patterns: readonly Pattern[] | undefined;

  constructor({ unwatched = 262_144, longestMatch = 4_096 }: ExpectBufferOptions = {}) {
    this.#unwatched = unwatched;
    this.#longestMatch = longestMatch;
  }

  /** Adds what arrived, as `ControlSequenceFilter` left it. */
  feed(text: string): void {
    this.#ahead += text;
    if (this.#ahead.length > this.#unwatched) this.#ahead = this.#ahead.slice(-this.#unwatched);
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
    for (;;) {
      const found = this.#search(patterns);
      if (found) return found;
      if (!this.#advance()) return undefined;
    }
  }

  /** Forgets what has not been matched, so that the next match is in what arrives from now on. */
  skip(): void {
    this.#seen.write(this.#ahead);
    this.#ahead = '';
    this.#cursor = this.#seen.end;
    this.#searched = this.#cursor;
  }

  #search(patterns: readonly Pattern[]): Match | undefined {
    const from = Math.max(this.#cursor, this.#searched - this.#longestMatch, this.#seen.start);
    // Text to the right of the cursor is older: it was searched when it was written.
    const text = this.#seen.textFrom(from).slice(0, Math.max(0, this.#seen.writing - from));
    const found = firstMatch(patterns, text);
    if (!found) {
      this.#searched = from + text.length;
      return undefined;
    }
    this.#cursor = from + found.end;
    this.#searched = this.#cursor;
    return { name: found.name, text: found.text, groups: found.groups, before: found.before };
  }

  /** Applies the next stretch, up to the next character that takes text away. False when nothing is ahead. */
  #advance(): boolean {
    const taking = TAKING.exec(this.#ahead)?.[0] ?? '';
    const stretch = taking + (GIVING.exec(this.#ahead.slice(taking.length))?.[0] ?? '');
    if (stretch === '') return false;
    this.#ahead = this.#ahead.slice(stretch.length);
    this.#seen.write(taking);
    // What is written next replaces what was matched there, so it is searched again from that place on.
    this.#cursor = Math.min(this.#cursor, this.#seen.writing);
    this.#searched = Math.min(this.#searched, this.#seen.writing);
    this.#seen.write(stretch.slice(taking.length));
    return true;
  }
}
