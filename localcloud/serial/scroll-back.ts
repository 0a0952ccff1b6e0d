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
  return Uint8Array.from(Buffer.concat([logged, live.subarray(overlap(logged, live))]));
}

/**
 * How many bytes the longest end of `log` has that `live` begins with. Time grows with their length, whatever they hold:
 * Knuth, Morris and Pratt, "Fast pattern matching in strings", 1977.
 */
function overlap(log: Uint8Array, live: Uint8Array): number {
  const most = Math.min(log.length, live.length);
  if (most === 0) return 0;
  /** For each beginning of `live`: the length of its longest proper beginning that is its end as well. */
  const borders = new Uint32Array(most);
  const extend = (matched: number, byte: number | undefined): number => {
    let length = matched;
    while (length > 0 && (length === most || live[length] !== byte)) length = borders[length - 1] ?? 0;
    return live[length] === byte ? length + 1 : length;
  };
  for (let at = 1; at < most; at += 1) borders[at] = extend(borders[at - 1] ?? 0, live[at]);
  let matched = 0;
  for (let at = log.length - most; at < log.length; at += 1) matched = extend(matched, log[at]);
  return matched;
}
