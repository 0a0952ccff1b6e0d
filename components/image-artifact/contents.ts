import { ProgramTally, type Architecture } from '../../formats/architecture.ts';
import { fileSystemBytes, parseFileSystem, type FileSystem } from '../../formats/file-system.ts';
import type { ImageFormat } from '../../transfer/image-format.ts';
import { readUnpacked } from '../../transfer/unpack.ts';

/** What the content of a slot tells about itself. */
export interface SlotContents {
  /** Architecture of its programs; empty when they do not tell. */
  readonly architecture: Architecture;
  readonly fileSystem?: FileSystem | undefined;
}

/**
 * Reads as much of a slot as is needed to know what it holds: as a rule a small part of it.
 *
 * @param file an image, raw or packed.
 * @param part the slot's place in it, in bytes; default the whole.
 * @throws what reading throws.
 */
export async function readSlotContents(
  file: string,
  format: ImageFormat,
  part: { readonly offset: number; readonly size: number } = { offset: 0, size: Number.MAX_SAFE_INTEGER },
): Promise<SlotContents> {
  const tally = new ProgramTally();
  let start = Buffer.alloc(0);
  let at = 0;
  // Leaving the loop destroys the stream.
  for await (const piece of readUnpacked(file, format) as AsyncIterable<Buffer>) {
    const bytes = piece.subarray(
      Math.min(piece.length, Math.max(0, part.offset - at)),
      Math.min(piece.length, Math.max(0, part.offset + part.size - at)),
    );
    at += piece.length;
    if (start.length < fileSystemBytes) start = Buffer.concat([start, bytes.subarray(0, fileSystemBytes)]);
    tally.update(bytes);
    if ((tally.settled && start.length >= fileSystemBytes) || at >= part.offset + part.size) break;
  }
  return { architecture: tally.architecture, fileSystem: parseFileSystem(start) };
}
