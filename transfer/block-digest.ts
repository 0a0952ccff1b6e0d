import { createHash, type Hash } from 'node:crypto';

/** Size of a block, in bytes. */
export const digestBlock = 65536;

const zeros = Buffer.alloc(digestBlock);

/**
 * The digest of an image's blocks that hold anything, for `bootfleet.blocks=`. It proves an image of known size as
 * well as the digest of all its bytes does, but holes need no hashing: an image that is mostly empty is written
 * and checked several times faster where a processor has no instructions for SHA-256.
 *
 * Definition: SHA-256 over, for each block of 64 KiB that is not all zeros, in order: its offset in bytes as
 * 64-bit big-endian number, then the block (the last one may be shorter).
 *
 * @example const digest = new BlockDigest(); for await (const bytes of stream) digest.update(bytes); digest.hex();
 */
export class BlockDigest {
  readonly #hash: Hash = createHash('sha256');
  readonly #pending = Buffer.alloc(digestBlock);
  #filled = 0;
  #offset = 0;

  /** Takes the next bytes; pieces of any size. */
  update(bytes: Uint8Array): this {
    for (let at = 0; at < bytes.length;) {
      if (this.#filled === 0 && bytes.length - at >= digestBlock) {
        this.#block(bytes.subarray(at, at + digestBlock));
        at += digestBlock;
        continue;
      }
      const taken = bytes.subarray(at, at + digestBlock - this.#filled);
      this.#pending.set(taken, this.#filled);
      this.#filled += taken.length;
      at += taken.length;
      if (this.#filled === digestBlock) this.#block(this.#pending);
    }
    return this;
  }

  /** Ends it; call once. */
  hex(): string {
    if (this.#filled > 0) this.#block(this.#pending.subarray(0, this.#filled));
    return this.#hash.digest('hex');
  }

  #block(block: Uint8Array): void {
    const offset = this.#offset;
    this.#offset += block.length;
    this.#filled = 0;
    if (zeros.compare(block, 0, block.length, 0, block.length) === 0) return;
    const place = Buffer.alloc(8);
    place.writeBigUInt64BE(BigInt(offset));
    this.#hash.update(place).update(block);
  }
}
