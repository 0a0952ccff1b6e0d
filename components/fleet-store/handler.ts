import { isDeepStrictEqual } from 'node:util';
import type * as pulumi from '@pulumi/pulumi';
import { removeObjects } from '../../transfer/object-store.ts';
import { endUploads } from '../end-uploads.ts';
import { withStore } from '../resource-store.ts';
import { isUnknown } from '../unknown.ts';
import type { StoreInputs, StoreState } from './args.ts';

/** Effects of `FleetStore`; see handled-resource.ts for how Pulumi comes here. */

export async function check(
  _olds: StoreInputs,
  news: StoreInputs,
): Promise<pulumi.dynamic.CheckResult<StoreInputs>> {
  return Promise.resolve({ inputs: news });
}

/** Another cloud or fleet has another bucket. */
export async function diff(
  _id: string,
  olds: StoreState,
  news: StoreInputs,
): Promise<pulumi.dynamic.DiffResult> {
  if (isUnknown(news)) return Promise.resolve({ changes: true });
  const replaces = [
    ...(isDeepStrictEqual({ ...olds.cloud }, { ...news.cloud }) ? [] : ['cloud']),
    ...(olds.fleet === news.fleet ? [] : ['fleet']),
  ];
  return Promise.resolve({ changes: replaces.length > 0, replaces, deleteBeforeReplace: false });
}

/** Makes nothing: the first upload makes the bucket. Killed here, there is nothing to be left. */
export async function create(inputs: StoreInputs): Promise<pulumi.dynamic.CreateResult<StoreState>> {
  const bucket = await withStore(inputs, undefined, (store) => Promise.resolve(store.bucket));
  return { id: bucket, outs: { ...inputs, bucket } };
}

export async function update(
  _id: string,
  olds: StoreState,
  news: StoreInputs,
): Promise<pulumi.dynamic.UpdateResult<StoreState>> {
  return Promise.resolve({ outs: { ...news, bucket: olds.bucket } });
}

/** It is what the state says, whether or not there is a bucket now. */
export async function read(id: string, state?: StoreState): Promise<pulumi.dynamic.ReadResult<StoreState>> {
  return Promise.resolve(state ? { id, props: state } : {});
}

/**
 * Ends what a killed run began to upload, then removes the bucket if nothing is in it. Also those of the name that the
 * bucket has by now: a new first upload went there, had the cloud's project changed since.
 */
async function del(_id: string, state: StoreState): Promise<void> {
  const now = await withStore(state, undefined, (store) => Promise.resolve(store.bucket));
  for (const bucket of new Set([state.bucket, now])) {
    await withStore(state, bucket, async (store) => {
      await endUploads(store, '', state.resourceUrn);
      await removeObjects(store, []);
    });
  }
}
export { del as delete };
