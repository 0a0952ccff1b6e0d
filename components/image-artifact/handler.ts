import path from 'node:path';
import type * as pulumi from '@pulumi/pulumi';
import { objectUrl, removeObjects } from '../../transfer/object-store.ts';
import { ensureFile } from '../../transfer/upload.ts';
import { headObject } from '../../transfer/object-store.ts';
import { artifactStore } from '../artifact-store.ts';
import { checkFailure } from '../check-failure.ts';
import { endUploads } from '../end-uploads.ts';
import { objectsGone } from '../objects-gone.ts';
import { reportProgress } from '../progress.ts';
import { parseUrn } from '../resource-urn.ts';
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
  const store = await storeOf(state, state.bucket);
  try {
    const head = await headObject(store, state.key);
    return head?.size === state.found?.img.size;
  } finally {
    store.client.destroy();
  }
}

/** An upload that a killed run began goes too: it is invisible, paid for, and keeps the bucket from being deleted. */
async function del(_id: string, state: ImageState): Promise<void> {
  const store = await storeOf(state, state.bucket);
  try {
    await endUploads(store, `images/${state.artifact}/`, state.resourceUrn);
  } finally {
    store.client.destroy();
  }
  await remove(state, [state.key]);
}
export { del as delete };

async function publish(inputs: ImageInputs, bucket?: string): Promise<ImageState> {
  const found = inputs.found ?? (await findFacts(inputs));
  const store = await storeOf(inputs, bucket);
  const key = imageKey(inputs.artifact, found.img);
  try {
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
  } finally {
    store.client.destroy();
  }
}

async function remove(state: ImageState, keys: readonly string[]): Promise<void> {
  const store = await storeOf(state, state.bucket);
  try {
    await removeObjects(store, keys);
  } finally {
    store.client.destroy();
  }
}

function storeOf(inputs: ImageInputs, bucket: string | undefined): ReturnType<typeof artifactStore> {
  const { project, stack } = parseUrn(inputs.resourceUrn);
  const onTrouble = (text: string): void => {
    reportProgress(inputs.resourceUrn, text);
  };
  return artifactStore(inputs.cloud, { fleet: inputs.fleet, project, stack, bucket }, { onTrouble });
}
