import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  PutBucketPolicyCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { storageRefused, storageUnreachable } from '../errors/storage.ts';

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
export interface Store {
  readonly client: S3Client;
  readonly access: StoreAccess;
  readonly bucket: string;
}

/** Makes the client. Nothing is sent yet. Close it with `store.client.destroy()`. */
export function openStore(access: StoreAccess, bucket: string): Store {
  const client = new S3Client({
    endpoint: access.endpoint,
    region: access.region,
    forcePathStyle: true,
    maxAttempts: 4,
    credentials: { accessKeyId: access.accessKey, secretAccessKey: access.secretKey },
    // The content is verified by our own SHA-256; trailing checksums are not spoken by every S3 server.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  return { client, access, bucket };
}

/** The URL of an object as reached from here (`here`) or from the servers (`servers`). */
export function objectUrl(store: Store, key: string, from: 'here' | 'servers'): string {
  const base = from === 'here' ? store.access.endpoint : store.access.endpointFromServers;
  return `${base.replace(/\/+$/, '')}/${store.bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
}

/** Creates the bucket unless it is ours already. */
export async function ensureBucket(store: Store): Promise<void> {
  await withStoreErrors(store, 'creating the bucket', async () => {
    try {
      await store.client.send(new CreateBucketCommand({ Bucket: store.bucket }));
    } catch (error) {
      if (!isNamed(error, 'BucketAlreadyOwnedByYou')) throw error;
    }
  });
}

/** What is known of an object without reading it. */
export interface ObjectHead {
  readonly size: number;
  /** SHA-256 noted when it was uploaded by us. */
  readonly sha256: string | undefined;
}

/** Looks at an object; `undefined` when there is none, or no bucket. */
export async function headObject(store: Store, key: string): Promise<ObjectHead | undefined> {
  return withStoreErrors(store, `looking at ${key}`, async () => {
    try {
      const head = await store.client.send(new HeadObjectCommand({ Bucket: store.bucket, Key: key }));
      return { size: head.ContentLength ?? 0, sha256: head.Metadata?.['sha256'] };
    } catch (error) {
      if (isNamed(error, 'NotFound') || isNamed(error, 'NoSuchKey') || isNamed(error, 'NoSuchBucket'))
        return undefined;
      throw error;
    }
  });
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

/** Deletes objects, then the bucket if nothing is left in it. Absent ones are fine. */
export async function removeObjects(store: Store, keys: readonly string[]): Promise<void> {
  await withStoreErrors(store, 'deleting objects', async () => {
    for (const key of keys) {
      try {
        await store.client.send(new DeleteObjectCommand({ Bucket: store.bucket, Key: key }));
      } catch (error) {
        if (!isNamed(error, 'NoSuchKey') && !isNamed(error, 'NoSuchBucket')) throw error;
      }
    }
    try {
      await store.client.send(new DeleteBucketCommand({ Bucket: store.bucket }));
    } catch (error) {
      if (!isNamed(error, 'BucketNotEmpty') && !isNamed(error, 'NoSuchBucket')) throw error;
    }
  });
}

/** True for an error of the storage with this code. */
export function isNamed(error: unknown, code: string): boolean {
  return error instanceof S3ServiceException && error.name === code;
}

/** Runs a request and gives its failures their codes. Errors that are ours already pass. */
export async function withStoreErrors<T>(store: Store, action: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof S3ServiceException) {
      const status = error.$metadata.httpStatusCode ?? 0;
      // The answer to HEAD has no body, so the client knows nothing but the status.
      const detail =
        error.name === 'Unknown' ? `HTTP ${status}` : `${error.name} (${status}) ${error.message}`;
      const { endpoint } = store.access;
      throw storageRefused({ endpoint, bucket: store.bucket, action, detail }, { cause: error });
    }
    if (isConnectionError(error)) {
      throw storageUnreachable(
        { endpoint: store.access.endpoint, detail: connectionDetail(error) },
        { cause: error },
      );
    }
    throw error;
  }
}

function isConnectionError(error: unknown): error is Error & { code?: string } {
  if (!(error instanceof Error)) return false;
  const code = (error as Error & { code?: string }).code ?? '';
  return (
    /^(ECONN|ENOTFOUND|EAI_|EHOSTUNREACH|ENETUNREACH|EPIPE|ETIMEDOUT)/.test(code) ||
    error.name === 'TimeoutError'
  );
}

/** Happy-eyeballs errors have an empty message and the real ones inside. */
function connectionDetail(error: Error & { code?: string }): string {
  if (error.message !== '') return error.message;
  const inner = error instanceof AggregateError ? (error.errors[0] as unknown) : undefined;
  return inner instanceof Error ? inner.message : (error.code ?? error.name);
}
