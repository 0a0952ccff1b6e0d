import { stat } from 'node:fs/promises';
import path from 'node:path';
import {
  imageFileMissing,
  imageFormatForeign,
  imageUnpacksTooLarge,
  imageUnreadable,
  slotOfOtherArchitecture,
} from '../../errors/image.ts';
import { BootfleetError } from '../../errors/error.ts';
import { cachedDigest } from '../../transfer/digest-cache.ts';
import type { FileDigest } from '../../transfer/digest.ts';
import { ForeignFormat } from '../../transfer/image-format.ts';
import { UnpacksTooLarge } from '../../transfer/unpack.ts';
import { reportProgress } from '../progress.ts';
import { stackFolderOf } from '../stack-folder.ts';
import type { FileFacts, ImageFacts, ImageInputs, SlotFacts } from './args.ts';
import { buildName } from './build-name.ts';
import { readSlotContents } from './contents.ts';
import { inspectLayout } from './layout.ts';
import { verifyFiles } from './verify.ts';

/**
 * Looks at all files of an image: they are there, whole, what their checksums and signatures say, and fit each other.
 * Runs at preview; asks no cloud.
 *
 * @throws BF1101 to BF1114, BF1120, BF1121.
 */
export async function findFacts(inputs: ImageInputs): Promise<ImageFacts> {
  const { artifact } = inputs;
  const img = await digest(inputs, 'img', inputs.img, inputs.largest);
  const fs = inputs.fs === undefined ? undefined : await digest(inputs, 'fs', inputs.fs, img.rawSize);
  const files = [
    { file: inputs.img, digest: img },
    ...(inputs.fs !== undefined && fs ? [{ file: inputs.fs, digest: fs }] : []),
  ];
  const { checksums, signature } = inputs;
  const proof = await verifyFiles(artifact, files, { checksums, key: signature?.signify });
  const slots = await inspectLayout(
    artifact,
    { file: inputs.img, ...facts(inputs, img) },
    inputs.fs !== undefined && fs ? { file: inputs.fs, size: fs.rawSize } : undefined,
  );
  if (inputs.fs !== undefined && fs) await compareArchitectures(inputs, img, inputs.fs, fs, slots);
  return {
    img: facts(inputs, img),
    slots,
    verified: { img: proof, ...(fs && { fs: proof }) },
  };
}

/** Only what both files tell can differ; a file that tells nothing is compared with the machine when it is upgraded. */
async function compareArchitectures(
  { artifact, img }: ImageInputs,
  { format }: FileDigest,
  fs: string,
  fsDigest: FileDigest,
  slots: readonly SlotFacts[],
): Promise<void> {
  const [slot] = slots;
  if (!slot) return;
  const { architecture } = await readSlotContents(fs, fsDigest.format);
  const installed = architecture === '' ? '' : (await readSlotContents(img, format, slot)).architecture;
  if (installed !== '' && installed !== architecture)
    throw slotOfOtherArchitecture({ artifact, fs, architecture, img, installed });
}

/** @param largest bytes that it may unpack to; a slot image lies in its disk image. */
async function digest(
  inputs: ImageInputs,
  what: string,
  file: string,
  largest: number | undefined,
): Promise<FileDigest> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) throw imageFileMissing({ artifact: inputs.artifact, what, file });
  const cache = path.join(stackFolderOf(inputs.resourceUrn), 'digests');
  try {
    const onProgress = (done: number, total: number): void => {
      const percent = Math.floor((100 * done) / Math.max(1, total));
      reportProgress(inputs.resourceUrn, `reading ${path.basename(file)}: ${percent} %`);
    };
    const onTrouble = (text: string): void => {
      reportProgress(inputs.resourceUrn, text);
    };
    return await cachedDigest(file, cache, onProgress, largest, onTrouble);
  } catch (error) {
    throw unreadable(inputs.artifact, file, error);
  }
}

/** What reading a file met, with its code. */
function unreadable(artifact: string, file: string, error: unknown): BootfleetError {
  if (error instanceof BootfleetError) return error;
  const options = { cause: error };
  if (error instanceof ForeignFormat)
    return imageFormatForeign({ artifact, file, format: error.format, convert: error.convert }, options);
  if (error instanceof UnpacksTooLarge)
    return imageUnpacksTooLarge({ artifact, file, largest: error.largest }, options);
  return imageUnreadable({ artifact, file, detail: (error as Error).message }, options);
}

function facts({ img, build: given }: ImageInputs, digest: FileDigest): FileFacts {
  const { format, size, sha256, rawSize, rawSha256, rawBlocks } = digest;
  // Its own name goes first: `img` may be older than `fs`, about which `build` speaks.
  const build = buildName(img) ?? given;
  // Left out where unknown: what is not there cannot be taken for an answer.
  return { format, size, sha256, rawSize, rawSha256, rawBlocks, ...(build !== undefined && { build }) };
}
