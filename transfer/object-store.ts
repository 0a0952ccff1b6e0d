import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutBucketPolicyCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  isNamed,
  refusedStatus,
  type RequestedStore,
  unlessRefused,
  withStoreErrors,
} from './store-request.ts';

export { isNamed, withStoreErrors };

/** Where the objects lie and how to get in. Holds a secret: never an input, never logged. */
export interface StoreAccess {
  /** As reached from here. Example: `https://s3.fr-par.scw.cloud`. */
  readonly endpoint: string;
  /** As reached from the servers; the same on a real cloud. */
  readonly endpointFromServers: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** True for the embedded cloud, whose storage ignores the ACL of single objects. */
  readonly local: boolean;
}

/** A bucket, with a client that may write to it. */
export interface Store extends RequestedStore {
  readonly client: S3Client;
  readonly access: StoreAccess;
  /** Others may be uploading to the same keys: an unfinished upload is neither ended nor gone on with. */
  readonly shared: boolean;
}

/** How to bear with a store; all have a default. */
export interface StoreOptions {
  /** Seconds for which trouble that passes is waited out, see `RequestedStore`; default 20. */
  readonly patience?: number | undefined;
  /** Hears of it, and of what goes without a right that the keys have not; default nobody. */
  readonly onTrouble?: ((text: string) => void) | undefined;
  /** Whether the bucket may be somebody else's too; default no. */
  readonly shared?: boolean | undefined;
  /** Seconds for which a connection may be silent before it is given up and made again; default 120. */
  readonly silence?: number | undefined;
}

/** Makes the client. Nothing is sent yet. Close it with `store.client.destroy()`. */
export function openStore(
  access: StoreAccess,
  bucket: string,
  { patience = 20, onTrouble = () => undefined, shared = false, silence = 120 }: StoreOptions = {},
): Store {
  const client = new S3Client({
    endpoint: access.endpoint,
    region: access.region,
    forcePathStyle: true,
    // Attempts are counted, spaced out and told by withStoreErrors.
    maxAttempts: 1,
    credentials: { accessKeyId: access.accessKey, secretAccessKey: access.secretKey },
    // The content is verified by our own SHA-256; trailing checksums are not spoken by every S3 server.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // Without these a store that takes a request and never answers would be waited for without end.
    requestHandler: { connectionTimeout: 10_000, socketTimeout: silence * 1000 },
  });
  return { client, access, bucket, patience, onTrouble, shared };
}

/** The URL of an object as reached from here (`here`) or from the servers (`servers`). */
export function objectUrl(store: Store, key: string, from: 'here' | 'servers'): string {
  const base = from === 'here' ? store.access.endpoint : store.access.endpointFromServers;
  return `${base.replace(/\/+$/, '')}/${store.bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
}

/** Creates the bucket unless it is ours already, or there and may not be created: then what is written to it tells. */
export async function ensureBucket(store: Store): Promise<void> {
  await withStoreErrors(store, 'creating the bucket', async () => {
    try {
      await store.client.send(new CreateBucketCommand({ Bucket: store.bucket }));
    } catch (error) {
      if (isNamed(error, 'BucketAlreadyOwnedByYou')) return;
      // A key that is wrong is refused by another name, and everywhere.
      if (!isNamed(error, 'AccessDenied') || !(await mayBeThere(store))) throw error;
      store.onTrouble(`the bucket ${store.bucket} may not be created; going on as it is there`);
    }
  });
}

/** False when the store says that there is no such bucket; a refusal (403) says nothing of it. */
async function mayBeThere(store: Store): Promise<boolean> {
  try {
    await store.client.send(new HeadBucketCommand({ Bucket: store.bucket }));
    return true;
  } catch (error) {
    if (refusedStatus(error) === 404) return false;
    if (refusedStatus(error) === 403) return true;
    throw error;
  }
}

/** What is known of an object without reading it. */
export interface ObjectHead {
  readonly size: number;
  /** SHA-256 noted when it was uploaded by us. */
  readonly sha256: string | undefined;
}

/**
 * Looks at an object; `undefined` when there is none, or no bucket.
 *
 * @param forbidden what a refusal (403) is taken for. A store says it of a key that is not there, too, to keys that may
 *   not list: before an upload that means "absent", anywhere else it is an error (the default), because what is not seen
 *   is not gone.
 */
export async function headObject(
  store: Store,
  key: string,
  forbidden: 'error' | 'absent' = 'error',
): Promise<ObjectHead | undefined> {
  return withStoreErrors(store, `looking at ${key}`, async () => {
    try {
      const head = await store.client.send(new HeadObjectCommand({ Bucket: store.bucket, Key: key }));
      return { size: head.ContentLength ?? 0, sha256: head.Metadata?.['sha256'] };
    } catch (error) {
      if (isNamed(error, 'NotFound') || isNamed(error, 'NoSuchKey') || isNamed(error, 'NoSuchBucket'))
        return undefined;
      if (forbidden === 'absent' && refusedStatus(error) === 403) return undefined;
      throw error;
    }
  });
}

/** Those of the keys that have no object, or no bucket. */
export async function missingObjects(store: Store, keys: readonly string[]): Promise<string[]> {
  const heads = await Promise.all(keys.map(async (key) => [key, await headObject(store, key)] as const));
  return heads.filter(([, head]) => head === undefined).map(([key]) => key);
}

/**
 * Lets anyone who knows a key read that object, and nobody list the bucket. Only for stores that ignore the
 * `public-read` ACL of single objects (versitygw does); on Scaleway a bucket policy would lock out everyone it does
 * not name, so there the ACL does the work.
 */
export async function allowAnonymousReads(store: Store): Promise<void> {
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: '*',
        Action: ['s3:GetObject'],
        Resource: [`arn:aws:s3:::${store.bucket}/*`],
      },
    ],
  };
  await withStoreErrors(store, 'allowing anonymous reads', async () => {
    await store.client.send(
      new PutBucketPolicyCommand({ Bucket: store.bucket, Policy: JSON.stringify(policy) }),
    );
  });
}

/**
 * Deletes objects, then the bucket if nothing is left in it and it may be deleted. Absent ones are fine.
 *
 * @returns whether the bucket is gone.
 */
export async function removeObjects(store: Store, keys: readonly string[]): Promise<boolean> {
  await withStoreErrors(store, 'deleting objects', async () => {
    for (const key of keys) {
      try {
        await store.client.send(new DeleteObjectCommand({ Bucket: store.bucket, Key: key }));
      } catch (error) {
        if (!isNamed(error, 'NoSuchKey') && !isNamed(error, 'NoSuchBucket')) throw error;
      }
    }
  });
  return await unlessRefused(store, false, 'the bucket stays', () =>
    withStoreErrors(store, 'deleting the bucket', async () => {
      try {
        await store.client.send(new DeleteBucketCommand({ Bucket: store.bucket }));
        return true;
      } catch (error) {
        if (isNamed(error, 'BucketNotEmpty')) return false;
        if (isNamed(error, 'NoSuchBucket')) return true;
        throw error;
      }
    }),
  );
}
