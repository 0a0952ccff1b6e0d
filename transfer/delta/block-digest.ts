import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

/**
 * Blocks are compared by the first 8 bytes of their SHA-256. Two different blocks of a disk of 2^18 blocks agree by
 * accident once in 2^27 images; then the digest of the whole image does not match, nothing is made active, and the
 * image is sent whole. Eight zero bytes stand for a block of zeros.
 */
export const digestLength = 8;

/** Bytes of a block: small enough that a changed package touches few, large enough that the index stays under 0.3 %. */
export const defaultBlock = 4096;

/** Digests of consecutive blocks, 8 bytes each. */
export type BlockDigests = Buffer;

/** The short digest of one block. */
export function blockDigest(block: Uint8Array): Buffer {
  if (isZero(block)) return Buffer.alloc(digestLength);
  return createHash('sha256').update(block).digest().subarray(0, digestLength);
}

/** True when every byte is zero. */
export function isZero(block: Uint8Array): boolean {
  const view = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  if (view.length === 0) return true;
  // Compared with itself moved by one byte: all equal to the first, which is zero. One native comparison, no loop.
  return view[0] === 0 && view.subarray(1).equals(view.subarray(0, -1));
}

/** A key for maps: the 8 bytes as one number that JavaScript compares quickly. */
export function digestKey(digests: BlockDigests, index: number): bigint {
  return digests.readBigUInt64BE(index * digestLength);
}

/** Reads a raw file piece by piece; pieces are `piece` bytes but for the last. */
export async function* filePieces(file: string, piece = 1024 * 1024): AsyncGenerator<Buffer> {
  const handle = await open(file, 'r');
  try {
    for (let at = 0; ;) {
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(piece), 0, piece, at);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  } finally {
    await handle.close();
  }
}
