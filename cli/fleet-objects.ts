import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { CloudRef } from '../clouds/cloud.ts';
import { artifactStore, type StoreOwner } from '../components/artifact-store.ts';
import { openUploads } from '../transfer/multipart.ts';
import { isNamed, type Store, withStoreErrors } from '../transfer/object-store.ts';
import type { StateResource } from '../components/stack-resources.ts';

/** What lies in a bucket of a fleet. */
export interface FleetObjects {
  readonly bucket: string;
  /**
   * Whether the bucket is this stack's alone. One that only the state names was made by an earlier version, which left
   * the project out of its name: what lies there may be another stack's.
   */
  readonly own: boolean;
  readonly exists: boolean;
  readonly keys: readonly string[];
  /** Keys of uploads that were begun and neither finished nor ended; they are paid for. */
  readonly uploads: readonly string[];
}

/** Lists the buckets of a fleet in a stack: the one that it has by its name, and those that its state names. */
export async function fleetObjects(
  cloud: CloudRef,
  owner: StoreOwner,
  state: readonly StateResource[],
): Promise<FleetObjects[]> {
  const named = state.map(({ outputs }) => outputs['bucket']).filter((bucket) => typeof bucket === 'string');
  const own = await listBucket(cloud, owner, undefined);
  const others = [...new Set(named)].filter((bucket) => bucket !== own.bucket);
  return [own, ...(await Promise.all(others.map((bucket) => listBucket(cloud, owner, bucket))))];
}

async function listBucket(
  cloud: CloudRef,
  owner: StoreOwner,
  bucket: string | undefined,
): Promise<FleetObjects> {
  const store = await artifactStore(cloud, { ...owner, bucket });
  const known = { bucket: store.bucket, own: bucket === undefined };
  try {
    const keys = await withStoreErrors(store, 'listing the bucket', () => listKeys(store));
    if (keys === undefined) return { ...known, exists: false, keys: [], uploads: [] };
    const uploads = await openUploads(store, '');
    return { ...known, exists: true, keys, uploads: uploads.map(({ key }) => key) };
  } finally {
    store.client.destroy();
  }
}

/** `undefined` when there is no such bucket. */
async function listKeys(store: Store): Promise<string[] | undefined> {
  const keys: string[] = [];
  let token: string | undefined;
  do {
    try {
      const page = await store.client.send(
        new ListObjectsV2Command({ Bucket: store.bucket, ContinuationToken: token }),
      );
      for (const { Key } of page.Contents ?? []) if (Key !== undefined) keys.push(Key);
      token = page.NextContinuationToken;
    } catch (error) {
      if (isNamed(error, 'NoSuchBucket')) return undefined;
      throw error;
    }
  } while (token !== undefined);
  return keys;
}
