import { open } from 'node:fs/promises';
import type { ReadAt } from '../../formats/disk-layout.ts';
import type { ImageFormat } from '../../transfer/image-format.ts';
import { readUnpacked } from '../../transfer/unpack.ts';

/** How far into a packed image tables are looked for, in bytes: unpacking has no seek. */
const farthest = 256 * 1024 * 1024;

/**
 * Runs something that reads pieces of an image, packed or not. Pieces of a packed image beyond 256 MB are empty, as
 * if the image ended there; partition tables are at its start.
 */
export async function withReader<T>(
  file: string,
  format: ImageFormat,
  use: (readAt: ReadAt) => Promise<T>,
): Promise<T> {
  if (format !== 'raw') return use((offset, length) => readPacked(file, format, offset, length));
  const handle = await open(file, 'r');
  try {
    return await use(async (offset, length) => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
      return buffer.subarray(0, bytesRead);
    });
  } finally {
    await handle.close();
  }
}

async function readPacked(
  file: string,
  format: ImageFormat,
  offset: number,
  length: number,
): Promise<Buffer> {
  if (offset + length > farthest) return Buffer.alloc(0);
  const stream = readUnpacked(file, format);
  const pieces: Buffer[] = [];
  let at = 0;
  // Leaving the loop destroys the stream.
  for await (const piece of stream as AsyncIterable<Buffer>) {
    const from = Math.max(0, offset - at);
    if (from < piece.length) pieces.push(piece.subarray(from));
    at += piece.length;
    if (at >= offset + length) break;
  }
  return Buffer.concat(pieces).subarray(0, length);
}
