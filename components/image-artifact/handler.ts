import path from 'node:path';
import type * as pulumi from '@pulumi/pulumi';
import { headObject, objectUrl, removeObjects } from '../../transfer/object-store.ts';
import { ensureFile } from '../../transfer/upload.ts';
import { checkFailure } from '../check-failure.ts';
import { endUploads } from '../end-uploads.ts';
import { objectsGone } from '../objects-gone.ts';
import { reportProgress } from '../progress.ts';
import { withStore } from '../resource-store.ts';
import { isUnknown } from '../unknown.ts';
import { imageKey, type ImageInputs, type ImageState } from './args.ts';
import { findFacts } from './check.ts';
import { changesOf } from './changes.ts';

/** Effects of `ImageArtifact`; see handled-resource.ts for how Pulumi comes here. */

export async function check(
  _olds: ImageInputs,
  news: ImageInputs,
): Promise<pulumi.dynamic.CheckResult<ImageInputs>> {
  if (isUnknown(news)) return { inputs: news };
  try {
    return { inputs: { ...news, found: await findFacts(news) } };
  } catch (error) {
    return { inputs: news, failures: [checkFailure('img', error)] };
  }
}

/** An object that someone deleted differs too: it is sent again before a machine waits for it. */
export async function diff(
  _id: string,
  olds: ImageState,
  news: ImageInputs,
): Promise<pulumi.dynamic.DiffResult> {
  const found = changesOf(olds, news);
  if (found.changes) return found;
  return { ...found, changes: await objectsGone(news.resourceUrn, async () => !(await isThere(olds))) };
}

export async function create(inputs: ImageInputs): Promise<pulumi.dynamic.CreateResult<ImageState>> {
  const outs = await publish(inputs);
  return { id: `${outs.bucket}/images/${inputs.artifact}`, outs };
}

export async function update(
  _id: string,
  olds: ImageState,
  news: ImageInputs,
): Promise<pulumi.dynamic.UpdateResult<ImageState>> {
  const outs = await publish(news, olds.bucket);
  if (olds.key !== outs.key) await remove(olds, [olds.key]);
  return { outs };
}

/** An object that someone deleted is gone for Pulumi too: the next `pulumi up` sends it again. */
export async function read(id: string, state?: ImageState): Promise<pulumi.dynamic.ReadResult<ImageState>> {
  // An import names an object and nothing else; there is not enough to look it up.
  if (!state) return {};
  return (await isThere(state)) ? { id, props: state } : {};
}

async function isThere(state: ImageState): Promise<boolean> {
  const head = await withStore(state, state.bucket, (store) => headObject(store, state.key));
  return head?.size === state.found?.img.size;
}

/** An upload that a killed run began goes too: it is invisible, paid for, and keeps the bucket from being deleted. */
async function del(_id: string, state: ImageState): Promise<void> {
  await withStore(state, state.bucket, (store) =>
    endUploads(store, `images/${state.artifact}/`, state.resourceUrn),
  );
  await remove(state, [state.key]);
}
export { del as delete };

async function publish(inputs: ImageInputs, bucket?: string): Promise<ImageState> {
  const found = inputs.found ?? (await findFacts(inputs));
  const key = imageKey(inputs.artifact, found.img);
  return withStore(inputs, bucket, async (store) => {
    await ensureFile(store, {
      file: inputs.img,
      key,
      size: found.img.size,
      sha256: found.img.sha256,
      onProgress: (done, total) => {
        reportProgress(
          inputs.resourceUrn,
          `uploading ${path.basename(inputs.img)}: ${Math.floor(done / 1e6)} of ${Math.ceil(total / 1e6)} MB`,
        );
      },
    });
    return { ...inputs, found, bucket: store.bucket, key, url: objectUrl(store, key, 'servers') };
  });
}

async function remove(state: ImageState, keys: readonly string[]): Promise<void> {
  await withStore(state, state.bucket, (store) => removeObjects(store, keys));
}
