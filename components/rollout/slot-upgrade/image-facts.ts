import { stat } from 'node:fs/promises';
import path from 'node:path';
import { slotImageInvalid } from '../../../errors/rollout.ts';
import { cachedDigest } from '../../../transfer/digest-cache.ts';
import { buildName } from '../../image-artifact/build-name.ts';
import { verifyFiles } from '../../image-artifact/verify.ts';
import { stackFolderOf } from '../../stack-folder.ts';
import type { SlotImageFacts, SlotImageRef } from './args.ts';

const known = new Map<string, Promise<SlotImageFacts>>();

/**
 * Reads, digests and verifies a slot image: once for all machines of a rollout, and not again while the file is the same.
 *
 * @throws BF1706 missing or empty, BF1106 to BF1109 checksum and signature.
 */
export async function imageFacts(image: SlotImageRef, resourceUrn: string): Promise<SlotImageFacts> {
  const found = await stat(image.fs).catch(() => undefined);
  if (!found?.isFile()) throw slotImageInvalid({ image: image.fs, detail: 'there is no such file' });
  if (found.size === 0) throw slotImageInvalid({ image: image.fs, detail: 'the file is empty' });
  const key = JSON.stringify([image, found.size, found.mtimeMs, found.ctimeMs]);
  let facts = known.get(key);
  if (!facts) {
    facts = readFacts(image, resourceUrn);
    known.set(key, facts);
  }
  return facts;
}

async function readFacts(image: SlotImageRef, resourceUrn: string): Promise<SlotImageFacts> {
  const digest = await cachedDigest(image.fs, path.join(stackFolderOf(resourceUrn), 'digests'));
  const name = path.basename(image.fs);
  const files = [{ file: image.fs, digest }];
  const verified = await verifyFiles(name, files, image.checksums, image.signature?.signify);
  return {
    build: image.build ?? buildName(image.fs),
    sha256: digest.rawSha256,
    sha512: digest.rawSha512,
    bytes: digest.rawSize,
    verified,
  };
}
