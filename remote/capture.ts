/** Keeps the start of a stream up to a size, so that memory stays bounded whatever a machine prints. */
export class Capture {
  readonly #largest: number;
  readonly #pieces: Uint8Array[] = [];
  #length = 0;
  #truncated = false;

  /** @param largest bytes kept; default 1 MiB. */
  constructor(largest = 1024 * 1024) {
    this.#largest = largest;
  }

  add(bytes: Uint8Array): void {
    const kept = bytes.subarray(0, this.#largest - this.#length);
    if (kept.length < bytes.length) this.#truncated = true;
    if (kept.length === 0) return;
    this.#pieces.push(kept);
    this.#length += kept.length;
  }

  /** What was kept, as UTF-8. */
  get text(): string {
    return Buffer.concat(this.#pieces).toString('utf8');
  }

  /** More came than was kept. */
  get truncated(): boolean {
    return this.#truncated;
  }
}
