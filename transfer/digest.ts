import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Writable } from 'node:stream';
import { BlockDigest } from './block-digest.ts';
import { detectFormat, type ImageFormat } from './image-format.ts';
import { largestUnpacked, readUnpacked } from './unpack.ts';

/** What one reading of an image file tells. */
export interface FileDigest {
  readonly format: ImageFormat;
  /** Bytes of the file. */
  readonly size: number;
  /** SHA-256 of the file, hex. */
  readonly sha256: string;
  /** SHA-512 of the file, hex: what OpenBSD's `cksum -a sha512` prints. */
  readonly sha512: string;
  /** Bytes of the image once unpacked; equals `size` for raw files. */
  readonly rawSize: number;
  /** SHA-256 of the unpacked image, hex: what the flash writer compares. */
  readonly rawSha256: string;
  /** SHA-512 of the unpacked image, hex. */
  readonly rawSha512: string;
  /** Digest of the unpacked image's blocks that hold anything, hex: see block-digest.ts. */
  readonly rawBlocks: string;
}

/** Read size. Large enough that the hashes, not the calls, take the time; memory stays at a few of these. */
const chunk = 1024 * 1024;

/**
 * Reads a file once (a packed one twice) and gives its sizes and digests. Memory does not grow with the file.
 *
 * @param onProgress called with the bytes of the file gone through so far, about once a megabyte; a packed one is gone
 *   through twice, so `total` is twice its size.
 * @param largest bytes that a packed file may unpack to; default 2 TiB.
 * @throws what reading throws; for a packed file also the error of node:zlib when it is damaged or cut short,
 *   UnpacksTooLarge, and ForeignFormat for a format that is not read.
 */
export async function digestFile(
  file: string,
  onProgress?: (done: number, total: number) => void,
  largest: number = largestUnpacked,
): Promise<FileDigest> {
  const format = await detectFormat(file);
  const { size } = await stat(file);
  const total = format === 'raw' ? size : size * 2;
  const report = (done: number): void => onProgress?.(done, total);
  const blocks = new BlockDigest();
  const source = createReadStream(file, { highWaterMark: chunk });
  const whole = await hashStream(source, report, format === 'raw' ? blocks : undefined);
  const unpacked = (packed: number): void => {
    report(size + packed);
  };
  const raw =
    format === 'raw'
      ? whole
      : await hashStream(readUnpacked(file, format, { largest, onRead: unpacked }), undefined, blocks);
  return {
    format,
    size: whole.size,
    sha256: whole.sha256,
    sha512: whole.sha512,
    rawSize: raw.size,
    rawSha256: raw.sha256,
    rawSha512: raw.sha512,
    rawBlocks: blocks.hex(),
  };
}

async function hashStream(
  stream: NodeJS.ReadableStream,
  onBytes: ((done: number) => void) | undefined,
  blocks: BlockDigest | undefined,
): Promise<{ size: number; sha256: string; sha512: string }> {
  const sha256 = createHash('sha256');
  const sha512 = createHash('sha512');
  let size = 0;
  await pipeline(
    stream,
    new Writable({
      write(bytes: Buffer, _encoding, done) {
        sha256.update(bytes);
        sha512.update(bytes);
        blocks?.update(bytes);
        size += bytes.length;
        onBytes?.(size);
        done();
      },
    }),
  );
  return { size, sha256: sha256.digest('hex'), sha512: sha512.digest('hex') };
}
