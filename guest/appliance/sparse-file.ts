import { open, rename } from 'node:fs/promises';

/**
 * Writes a file that does not store its zeros, under its name only once it is whole.
 * @param block bytes that are looked at together; default 64 KiB.
 */
export async function writeSparseFile(path: string, data: Buffer, block = 65536): Promise<void> {
  const partial = `${path}.partial`;
  const zeros = Buffer.alloc(block);
  const file = await open(partial, 'w', 0o644);
  try {
    await file.truncate(data.length);
    for (let at = 0; at < data.length; at += block) {
      const piece = data.subarray(at, at + block);
      if (!piece.equals(zeros.subarray(0, piece.length))) await file.write(piece, 0, piece.length, at);
    }
  } finally {
    await file.close();
  }
  await rename(partial, path);
}
