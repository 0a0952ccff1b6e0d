import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { detectFormat } from '../../../transfer/image-format.ts';
import { readUnpacked } from '../../../transfer/unpack.ts';
import type { SlotImage } from '../../../transfer/delta/send-options.ts';
import type { SlotImageFacts } from './args.ts';

/**
 * The image as a raw file: itself, or a packed one unpacked into a folder of its own that goes away with it.
 *
 * @param file absolute path of the `.fs`, raw, gzip or zstd.
 */
export async function rawImage(file: string, found: SlotImageFacts): Promise<SlotImage & AsyncDisposable> {
  const { bytes, sha256, sha512, build } = found;
  const facts = { bytes, sha256, sha512, build };
  const format = await detectFormat(file);
  if (format === 'raw') return { ...facts, file, [Symbol.asyncDispose]: () => Promise.resolve() };
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bootfleet-raw-'));
  const raw = path.join(folder, 'image.fs');
  await pipeline(readUnpacked(file, format, { largest: bytes }), createWriteStream(raw, { mode: 0o600 }));
  return { ...facts, file: raw, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
