/** What a transport hands out: bytes that arrived before the first listener are kept for it, at most 1 MiB. */
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
    while (this.#size > 1024 * 1024) this.#size -= this.#early.shift()?.length ?? 0;
  }

  listen(listener: (bytes: Uint8Array) => void): void {
    this.#listeners.push(listener);
    const early = this.#early;
    this.#early = [];
    this.#size = 0;
    for (const bytes of early) listener(bytes);
  }
}
