/** The newest bytes of a stream, up to a bound. */
export class ScrollBack {
  readonly size: number;
  #pieces: Uint8Array[] = [];
  #length = 0;

  /** @param size bytes kept; default 256 KiB. */
  constructor(size = 256 * 1024) {
    this.size = size;
  }

  /** Bytes held now. */
  get length(): number {
    return this.#length;
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#pieces.push(bytes);
    this.#length += bytes.length;
    // Joined seldom, so that many small pieces (a serial line gives a few bytes at a time) cost little.
    if (this.#length > 2 * this.size || this.#pieces.length > 4096) this.#pieces = [this.#joined()];
    if (this.#pieces.length === 1) this.#length = this.#pieces[0]?.length ?? 0;
  }

  /** A copy of what is held, at most `size` bytes. */
  content(): Uint8Array {
    return this.#joined();
  }

  #joined(): Uint8Array {
    return Uint8Array.from(Buffer.concat(this.#pieces).subarray(-this.size));
  }
}

/**
 * Joins what a log holds with what a live connection brought meanwhile: the end of the log may hold the beginning of
 * the live bytes already, which then appear once.
 */
export function joinWithoutOverlap(logged: Uint8Array, live: Uint8Array): Uint8Array {
  const log = Buffer.from(logged.buffer, logged.byteOffset, logged.length);
  for (let shared = Math.min(log.length, live.length); shared > 0; shared--) {
    if (log.subarray(log.length - shared).equals(live.subarray(0, shared))) {
      return Uint8Array.from(Buffer.concat([log, live.subarray(shared)]));
    }
  }
  return Uint8Array.from(Buffer.concat([log, live]));
}
