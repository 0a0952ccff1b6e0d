/** Bytes kept for the first listener. */
const most = 1024 * 1024;

/** What a transport hands out: bytes that arrived before the first listener are kept for it, at most the newest 1 MiB. */
export class EarlyBytes {
  readonly #listeners: ((bytes: Uint8Array) => void)[] = [];
  #early: Uint8Array[] = [];
  #size = 0;

  push(bytes: Uint8Array): void {
    if (this.#listeners.length > 0) {
      for (const listener of this.#listeners) listener(bytes);
      return;
    }
    this.#early.push(bytes);
    this.#size += bytes.length;
    // Joined seldom: a serial line gives a byte at a time, and each join copies all that is kept.
    if (this.#size > 2 * most || this.#early.length > 8_192) this.#join();
  }

  listen(listener: (bytes: Uint8Array) => void): void {
    this.#listeners.push(listener);
    this.#join();
    const early = this.#early;
    this.#early = [];
    this.#size = 0;
    for (const bytes of early) listener(bytes);
  }

  #join(): void {
    if (this.#size === 0) return;
    const joined = Uint8Array.from(Buffer.concat(this.#early).subarray(-most));
    this.#early = [joined];
    this.#size = joined.length;
  }
}
