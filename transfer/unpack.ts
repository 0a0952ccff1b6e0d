import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline, Transform, type TransformCallback } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { ImageFormat } from './image-format.ts';
import { ZstdFrames } from './zstd-frames.ts';

/** Read size. Large enough that calls do not take the time; memory stays at a few of these. */
const chunk = 1024 * 1024;

/** Bytes that a packed image may have by default: what a boot record can address, 2^32 sectors of 512 bytes. */
export const largestUnpacked: number = 2 ** 41;

/** A packed file goes on beyond what it may unpack to: a few bytes of it can stand for terabytes. */
export class UnpacksTooLarge extends Error {
  readonly largest: number;

  constructor(largest: number) {
    super(`it unpacks to more than ${largest} bytes`);
    this.largest = largest;
  }
}

/** How to read a packed file; all have a default. */
export interface UnpackOptions {
  /** Bytes that it may unpack to; default 2 TiB. */
  readonly largest?: number;
  /** Hears how many bytes of the packed file were taken so far. */
  readonly onRead?: (packed: number) => void;
}

/**
 * A stream of the unpacked bytes of a file: all members of a gzip file, all frames of a Zstandard one. Errors of reading
 * and of unpacking both destroy it, and so does UnpacksTooLarge. Bytes behind the last member or frame are an error: the
 * flash writer's zstd(1) does not take them either.
 */
export function readUnpacked(
  file: string,
  format: ImageFormat,
  { largest = largestUnpacked, onRead }: UnpackOptions = {},
): NodeJS.ReadableStream {
  const source = createReadStream(file, { highWaterMark: chunk });
  if (format === 'raw') return source;
  // What went wrong is told by the last stream; pipeline ends the others, also when the reader leaves early.
  const told = (): void => undefined;
  if (format === 'zstd') {
    const unpack = createZstdDecompress({ chunkSize: chunk });
    const bounded = new Bounded(largest, () => onRead?.(source.bytesRead));
    return pipeline(source, new ZstdFrames(), unpack, bounded, told);
  }
  const unpack = createGunzip({ chunkSize: chunk });
  const whole = async (): Promise<void> => {
    const left = (await stat(file)).size - unpack.bytesWritten;
    if (left !== 0) throw new Error(`its last ${left} bytes belong to no gzip member`);
  };
  return pipeline(source, unpack, new Bounded(largest, () => onRead?.(unpack.bytesWritten), whole), told);
}

/** Passes bytes on, up to so many. */
class Bounded extends Transform {
  readonly #largest: number;
  readonly #onBytes: () => void;
  readonly #atEnd: (() => Promise<void>) | undefined;
  #size = 0;

  constructor(largest: number, onBytes: () => void, atEnd?: () => Promise<void>) {
    super({ highWaterMark: chunk });
    this.#largest = largest;
    this.#onBytes = onBytes;
    this.#atEnd = atEnd;
  }

  override _transform(bytes: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#size += bytes.length;
    this.#onBytes();
    if (this.#size > this.#largest) done(new UnpacksTooLarge(this.#largest));
    else done(null, bytes);
  }

  override _flush(done: TransformCallback): void {
    if (!this.#atEnd) {
      done();
      return;
    }
    this.#atEnd().then(() => {
      done();
    }, done);
  }
}
