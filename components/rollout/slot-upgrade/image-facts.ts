import { stat } from 'node:fs/promises';
import path from 'node:path';
import { slotImageInvalid } from '../../../errors/rollout.ts';
import { cachedDigest } from '../../../transfer/digest-cache.ts';
import { architectureInName, type Architecture } from '../../../formats/architecture.ts';
import { buildName } from '../../image-artifact/build-name.ts';
import { readSlotContents } from '../../image-artifact/contents.ts';
import { verifyFiles } from '../../image-artifact/verify.ts';
import { reportProgress } from '../../progress.ts';
import { stackFolderOf } from '../../stack-folder.ts';
import type { SlotImageFacts, SlotImageRef } from './args.ts';

const known = new Map<string, Promise<SlotImageFacts>>();

/**
 * Reads, digests and verifies a slot image: once for all machines of a rollout, and not again while the file is the same.
 *
 * @throws BF1706 missing, empty, cut short or called after another architecture, BF1106 to BF1109, BF1120 and BF1121 checksum and
 *   signature.
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
  const cache = path.join(stackFolderOf(resourceUrn), 'digests');
  const digest = await cachedDigest(image.fs, cache, undefined, undefined, (text) => {
    reportProgress(resourceUrn, text);
  });
  const name = path.basename(image.fs);
  const files = [{ file: image.fs, digest }];
  const { checksums, signature, img } = image;
  const proof = { checksums, key: signature?.signify, ...(img !== undefined && { others: [img] }) };
  const verified = await verifyFiles(name, files, proof);
  const contents = await readSlotContents(image.fs, digest.format);
  const whole = contents.fileSystem?.bytes ?? 0;
  if (digest.rawSize < whole) {
    const detail = `it was cut short: its file system has ${whole} bytes, the file ${digest.rawSize}`;
    throw slotImageInvalid({ image: image.fs, detail });
  }
  const architecture = architectureOf(image.fs, name, contents.architecture);
  return {
    build: image.build ?? buildName(image.fs) ?? '',
    sha256: digest.rawSha256,
    sha512: digest.rawSha512,
    bytes: digest.rawSize,
    verified,
    // Left out where unknown: what is not there cannot be taken for an answer.
    ...(architecture !== '' && { architecture }),
  };
}

function architectureOf(image: string, name: string, programs: Architecture): Architecture {
  const named = architectureInName(name);
  if (named !== '' && programs !== '' && named !== programs) {
    const detail = `its name says ${named}, but its programs are for ${programs}`;
    throw slotImageInvalid({ image, detail });
  }
  return programs || named;
}
