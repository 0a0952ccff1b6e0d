import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { CloudRef } from '../clouds/cloud.ts';
import { artifactStore } from '../components/artifact-store.ts';
import { isNamed, type Store, withStoreErrors } from '../transfer/object-store.ts';

/** What lies in a fleet's bucket. */
export interface FleetObjects {
  readonly bucket: string;
  readonly exists: boolean;
  readonly keys: readonly string[];
}

/** Lists the bucket of a fleet in a stack. */
export async function fleetObjects(cloud: CloudRef, fleet: string, stack: string): Promise<FleetObjects> {
  const store = await artifactStore(cloud, { fleet, stack });
  try {
    const keys = await withStoreErrors(store, 'listing the bucket', () => listKeys(store));
    return { bucket: store.bucket, exists: keys !== undefined, keys: keys ?? [] };
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
