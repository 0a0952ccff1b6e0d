import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Writable } from 'node:stream';
import { BlockDigest } from './block-digest.ts';
import { createGunzip, createZstdDecompress } from 'node:zlib';

/** How a file holds an image: as it is, or packed. */
export type ImageFormat = 'raw' | 'gzip' | 'zstd';

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
 * The format by the file's first bytes, not by its name.
 * Magic numbers: RFC 1952 section 2.3.1 (gzip), RFC 8878 section 3.1.1 (Zstandard).
 */
export function formatOf(firstBytes: Uint8Array): ImageFormat {
  const [a, b, c, d] = firstBytes;
  if (a === 0x1f && b === 0x8b) return 'gzip';
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return 'zstd';
  return 'raw';
}

/** Reads the first bytes of a file and says how it is packed. Throws what `open` throws. */
export async function detectFormat(file: string): Promise<ImageFormat> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return formatOf(buffer.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

/** A stream of the unpacked bytes of a file. Errors of reading and of unpacking both destroy it. */
export function readUnpacked(file: string, format: ImageFormat): NodeJS.ReadableStream {
  const source = createReadStream(file, { highWaterMark: chunk });
  if (format === 'raw') return source;
  const unpack =
    format === 'gzip' ? createGunzip({ chunkSize: chunk }) : createZstdDecompress({ chunkSize: chunk });
  source.on('error', (error) => unpack.destroy(error));
  return source.pipe(unpack);
}

/**
 * Reads a file once (a packed one twice) and gives its sizes and digests. Memory does not grow with the file.
 *
 * @param onProgress called with the bytes read so far, about once a megabyte.
 * @throws what reading throws; for a packed file also the error of node:zlib when it is damaged or cut short.
 */
export async function digestFile(
  file: string,
  onProgress?: (done: number, total: number) => void,
): Promise<FileDigest> {
  const format = await detectFormat(file);
  const { size } = await stat(file);
  const report = (done: number): void => onProgress?.(done, size);
  const blocks = new BlockDigest();
  const source = createReadStream(file, { highWaterMark: chunk });
  const whole = await hashStream(source, report, format === 'raw' ? blocks : undefined);
  const raw = format === 'raw' ? whole : await hashStream(readUnpacked(file, format), undefined, blocks);
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
