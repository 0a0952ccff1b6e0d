import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Transform } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { fileChangedDuringUpload, objectNotReadable, uploadDiffers } from '../errors/storage.ts';
import {
  allowAnonymousReads,
  ensureBucket,
  headObject,
  isNamed,
  objectUrl,
  removeObjects,
  withStoreErrors,
  type Store,
} from './object-store.ts';

/** The smallest part: large enough that requests do not count, small enough that four in memory do not either. */
const smallestPart = 16 * 1024 * 1024;
/** Scaleway takes at most this many parts an object (AWS: 10,000). Source: Scaleway Object Storage limits. */
const mostParts = 1000;
/** Parts under way at a time. */
const parallel = 4;

/** One file to be stored as one object. */
export interface FileUpload {
  readonly file: string;
  readonly key: string;
  readonly size: number;
  /** SHA-256 of the file, hex, as checked at preview. */
  readonly sha256: string;
  readonly onProgress?: (done: number, total: number) => void;
}

/** The size of a part, so that an object of any size stays within the limit on their number. */
export function partSize(size: number): number {
  const mebibyte = 1024 * 1024;
  return Math.max(smallestPart, Math.ceil(size / mostParts / mebibyte) * mebibyte);
}

/**
 * Sees to it that the object is there, whole, and readable without a key.
 *
 * An object that is there with the right size and digest is not sent again. Before sending, what an upload that was
 * killed left behind under this key is aborted. The bytes are hashed as they are sent: a file that is not what it was
 * at preview is never completed, so nothing of it is ever visible.
 *
 * @returns whether it was sent.
 * @throws BF1501 to BF1505.
 */
export async function ensureFile(store: Store, upload: FileUpload): Promise<'sent' | 'present'> {
  const before = await headObject(store, upload.key);
  const present = before?.size === upload.size && before.sha256 === upload.sha256;
  if (!present) {
    await ensureBucket(store);
    await abortStaleUploads(store, upload.key);
    await send(store, upload);
    await verify(store, upload.key, upload.size, upload.sha256);
  }
  await ensureReadable(store, upload.key);
  return present ? 'present' : 'sent';
}

/** The same for a small object from memory (a boot script, a kernel). */
export async function ensureContent(
  store: Store,
  object: { key: string; content: Uint8Array; contentType: string },
): Promise<'sent' | 'present'> {
  const sha256 = createHash('sha256').update(object.content).digest('hex');
  const before = await headObject(store, object.key);
  const present = before?.size === object.content.length && before.sha256 === sha256;
  if (!present) {
    await ensureBucket(store);
    await withStoreErrors(store, `writing ${object.key}`, () =>
      store.client.send(
        new PutObjectCommand({
          Bucket: store.bucket,
          Key: object.key,
          Body: object.content,
          ContentType: object.contentType,
          ACL: 'public-read',
          Metadata: { sha256 },
        }),
      ),
    );
    await verify(store, object.key, object.content.length, sha256);
  }
  await ensureReadable(store, object.key);
  return present ? 'present' : 'sent';
}

async function send(store: Store, { file, key, size, sha256, onProgress }: FileUpload): Promise<void> {
  const hash = createHash('sha256');
  const hashing = new Transform({
    transform(bytes: Buffer, _encoding, done) {
      hash.update(bytes);
      done(null, bytes);
    },
    flush(done) {
      const found = hash.digest('hex');
      // Failing at the end of the body keeps the last part, and with it the object, from being completed.
      done(found === sha256 ? null : fileChangedDuringUpload({ file, expected: sha256, found }));
    },
  });
  const source = createReadStream(file, { highWaterMark: 1024 * 1024 });
  source.on('error', (error) => hashing.destroy(error));
  const upload = new Upload({
    client: store.client,
    partSize: partSize(size),
    queueSize: parallel,
    leavePartsOnError: false,
    params: {
      Bucket: store.bucket,
      Key: key,
      Body: source.pipe(hashing),
      ContentType: 'application/octet-stream',
      ACL: 'public-read',
      Metadata: { sha256 },
    },
  });
  upload.on('httpUploadProgress', ({ loaded }) => onProgress?.(loaded ?? 0, size));
  await withStoreErrors(store, `uploading ${key}`, () => upload.done());
}

async function verify(store: Store, key: string, size: number, sha256: string): Promise<void> {
  const after = await headObject(store, key);
  if (after?.size === size && after.sha256 === sha256) return;
  await removeObjects(store, [key]);
  throw uploadDiffers({
    key,
    expected: `${size} bytes with SHA-256 ${sha256}`,
    found: after ? `${after.size} bytes with SHA-256 ${after.sha256 ?? 'not noted'}` : 'absent',
  });
}

/** Ends uploads of this key that nobody is continuing: their parts are invisible but cost storage. */
async function abortStaleUploads(store: Store, key: string): Promise<void> {
  await withStoreErrors(store, `ending old uploads of ${key}`, async () => {
    const listed = await store.client.send(
      new ListMultipartUploadsCommand({ Bucket: store.bucket, Prefix: key }),
    );
    for (const upload of listed.Uploads ?? []) {
      if (upload.Key !== key) continue;
      try {
        await store.client.send(
          new AbortMultipartUploadCommand({ Bucket: store.bucket, Key: key, UploadId: upload.UploadId }),
        );
      } catch (error) {
        if (!isNamed(error, 'NoSuchUpload')) throw error;
      }
    }
  });
}

/** Asks without credentials, as iPXE will. */
async function ensureReadable(store: Store, key: string): Promise<void> {
  let status = await anonymousStatus(store, key);
  if (status !== 200 && store.access.local) {
    await allowAnonymousReads(store);
    status = await anonymousStatus(store, key);
  }
  if (status !== 200) throw objectNotReadable({ url: objectUrl(store, key, 'here'), status });
}

async function anonymousStatus(store: Store, key: string): Promise<number> {
  const answer = await fetch(objectUrl(store, key, 'here'), {
    method: 'HEAD',
    signal: AbortSignal.timeout(15_000),
  });
  return answer.status;
}
