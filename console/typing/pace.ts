/** Bounds of a line's pace; see `Pace`. */
export interface PaceOptions {
  /** Keys in the first window. Default 4. */
  readonly first?: number;
  /** Never more keys than this without an echo. Default 10: a BIOS keeps 15 keys, a UART 16 bytes. */
  readonly most?: number;
  /** Milliseconds of silence after which an echo counts as lost, at least. Default 1,500. */
  readonly shortestSilence?: number;
  /** The same, at most. Default 15,000. */
  readonly longestSilence?: number;
}

const KEYS_BEFORE_PROBING = 128;

/**
 * How many keys may be under way, and how long an echo may take: learned from the line, kept from one typed line to
 * the next. Additive increase, multiplicative decrease, as TCP does it (RFC 5681), with its estimate of the
 * round trip (RFC 6298).
 */
export class Pace {
  readonly #most: number;
  readonly #shortest: number;
  readonly #longest: number;
  #window: number;
  /** The window stays below the size at which something was lost, until many keys in a row were not. */
  #ceiling: number;
  #cleanKeys = 0;
  #roundTrip: number | undefined;
  #deviation = 0;
  #patience = 1;
  /** The line echoed a character twice: two equal characters are kept apart from now on. */
  careful = false;

  constructor({ first = 4, most = 10, shortestSilence = 1_500, longestSilence = 15_000 }: PaceOptions = {}) {
    this.#window = first;
    this.#most = most;
    this.#ceiling = most;
    this.#shortest = shortestSilence;
    this.#longest = longestSilence;
  }

  /** Keys that may be sent before their echo is waited for. */
  get window(): number {
    return Math.floor(this.#window);
  }

  /** Milliseconds without a byte after which what was sent counts as lost. */
  get silence(): number {
    const estimate = this.#roundTrip === undefined ? 0 : this.#roundTrip + 8 * this.#deviation;
    return Math.min(this.#longest, Math.max(this.#shortest, estimate) * this.#patience);
  }

  /** A whole window of so many keys came back as sent. */
  echoed(keys: number, milliseconds: number): void {
    this.#cleanKeys += keys;
    if (this.#cleanKeys >= KEYS_BEFORE_PROBING) {
      this.#cleanKeys = 0;
      this.#ceiling = Math.min(this.#most, this.#ceiling + 1);
    }
    this.#window = Math.min(this.#ceiling, this.#window + 1);
    this.#patience = 1;
    if (this.#roundTrip === undefined) {
      this.#roundTrip = milliseconds;
      this.#deviation = milliseconds / 2;
      return;
    }
    this.#deviation += (Math.abs(milliseconds - this.#roundTrip) - this.#deviation) / 4;
    this.#roundTrip += (milliseconds - this.#roundTrip) / 8;
  }

  /** A character was lost or came back wrong. */
  lost(): void {
    this.#ceiling = Math.max(1, this.window - 1);
    this.#cleanKeys = 0;
    this.#window = Math.max(1, this.#window / 2);
  }

  /** Nothing came back at all: the next echo gets more time. */
  silent(): void {
    this.#patience = Math.min(8, this.#patience * 2);
  }
}
