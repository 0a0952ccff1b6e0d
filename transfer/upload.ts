import { createHash } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { objectNotReadable, uploadDiffers } from '../errors/storage.ts';
import { readableAnonymously } from './anonymous-read.ts';
import {
  allowAnonymousReads,
  ensureBucket,
  headObject,
  objectUrl,
  removeObjects,
  withStoreErrors,
  type Store,
} from './object-store.ts';
import { type FileUpload, sendFile } from './send-file.ts';

/** Seconds until an ACL or a policy counts: some stores take a moment to spread it. */
const aclPatience = 10;

/**
 * Sees to it that the object is there, whole, and readable without a key.
 *
 * An object that is there with the right size and digest is not sent again, nor is what a broken upload of it left in
 * the store; see `sendFile`. A file that is not what it was at preview is never completed, so nothing of it is ever
 * visible.
 *
 * @returns whether it was sent.
 * @throws BF1501 to BF1506.
 */
export async function ensureFile(store: Store, upload: FileUpload): Promise<'sent' | 'present'> {
  const before = await headObject(store, upload.key, 'absent');
  const present = before?.size === upload.size && before.sha256 === upload.sha256;
  if (!present) {
    await ensureBucket(store);
    await sendFile(store, upload);
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
  const before = await headObject(store, object.key, 'absent');
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

/** Asks without credentials, as iPXE will. */
async function ensureReadable(store: Store, key: string): Promise<void> {
  const url = objectUrl(store, key, 'here');
  const status = await readableAnonymously(store, url, store.access.local ? 0 : aclPatience);
  if (status === 200) return;
  if (!store.access.local) throw objectNotReadable({ url, status });
  await allowAnonymousReads(store);
  const allowed = await readableAnonymously(store, url, aclPatience);
  if (allowed !== 200) throw objectNotReadable({ url, status: allowed });
}
