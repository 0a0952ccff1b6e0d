import { setTimeout as pause } from 'node:timers/promises';

/**
 * Holds a sender to so many bytes a second. Time is counted from the first byte and catches up at most a quarter of a
 * second, so that a stalled link does not lead to a burst.
 */
export class RateLimit {
  readonly #bytesPerSecond: number | undefined;
  #free = performance.now();

  /** @param bytesPerSecond undefined for no limit. */
  constructor(bytesPerSecond: number | undefined) {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Resolves when that many bytes may be sent. */
  async take(bytes: number): Promise<void> {
    if (this.#bytesPerSecond === undefined) return;
    const now = performance.now();
    const start = Math.max(this.#free, now - 250);
    this.#free = start + (bytes / this.#bytesPerSecond) * 1000;
    if (start > now) await pause(start - now);
  }
}
