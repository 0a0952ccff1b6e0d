import {
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import type { CloudRef } from '../clouds/cloud.ts';
import { artifactStore, type StoreOwner } from '../components/artifact-store.ts';
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
    return await withStoreErrors(store, 'listing the bucket', async () => ({
      ...known,
      exists: true,
      keys: await listKeys(store),
      uploads: await listUploads(store),
    }));
  } catch (error) {
    if (isNamed((error as Error).cause, 'NoSuchBucket'))
      return { ...known, exists: false, keys: [], uploads: [] };
    throw error;
  } finally {
    store.client.destroy();
  }
}

async function listKeys(store: Store): Promise<string[]> {
  const keys: string[] = [];
  let token: string | undefined;
  do {
    const page = await store.client.send(
      new ListObjectsV2Command({ Bucket: store.bucket, ContinuationToken: token }),
    );
    for (const { Key } of page.Contents ?? []) if (Key !== undefined) keys.push(Key);
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return keys;
}

async function listUploads(store: Store): Promise<string[]> {
  const keys: string[] = [];
  let from: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } | undefined = {};
  while (from !== undefined) {
    const page: ListMultipartUploadsCommandOutput = await store.client.send(
      new ListMultipartUploadsCommand({ Bucket: store.bucket, ...from }),
    );
    for (const { Key } of page.Uploads ?? []) if (Key !== undefined) keys.push(Key);
    from =
      page.IsTruncated === true
        ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
        : undefined;
  }
  return keys;
}
