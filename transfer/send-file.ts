import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { CompleteMultipartUploadCommand, PutObjectCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import { fileChangedDuringUpload } from '../errors/storage.ts';
import {
  abortUpload,
  beginUpload,
  chooseUpload,
  openUploads,
  type OpenUpload,
  partSize,
  sizeOfPart,
} from './multipart.ts';
import { headObject, isNamed, withStoreErrors, type Store } from './object-store.ts';
import { unlessRefused } from './store-request.ts';

/** Parts under way at a time, at most, and the bytes that they may take together: files of terabytes have large parts. */
const mostParallel = 4;
const mostBytes = 256 * 1024 * 1024;

/** One file to be stored as one object. */
export interface FileUpload {
  readonly file: string;
  /** In a folder of its own: uploads of other keys of that folder that were never completed are ended. */
  readonly key: string;
  readonly size: number;
  /** SHA-256 of the file, hex, as checked at preview. */
  readonly sha256: string;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Sends a file. What an upload that broke or was killed left of it in the store is not sent again: a part counts as
 * there when its size and its MD5 are those of the file's part. All other uploads left in the key's folder are ended. In a bucket that
 * is shared any of them may be under way, so none is touched.
 *
 * The file is hashed as it is read, whole, and the object is completed, which makes it visible, only if the digest is
 * the one of preview. An upload that fails for another reason stays, invisible, for the next attempt.
 *
 * @throws BF1501, BF1502, BF1506; BF1505 when the file is not what it was at preview.
 */
export async function sendFile(store: Store, upload: FileUpload): Promise<void> {
  const folder = upload.key.slice(0, upload.key.lastIndexOf('/') + 1);
  const left = store.shared
    ? []
    : await unlessRefused(store, [], 'nothing is resumed', () => openUploads(store, folder));
  const inParts = upload.size > partSize(upload.size);
  const { resumed, stale } = inParts ? chooseUpload(left, upload) : { resumed: undefined, stale: left };
  for (const one of stale) await unlessRefused(store, undefined, 'it stays', () => abortUpload(store, one));
  const file = await open(upload.file, 'r');
  try {
    if (inParts) await sendParts(store, upload, file, resumed);
    else await sendWhole(store, upload, file);
  } finally {
    await file.close();
  }
}

async function sendWhole(store: Store, upload: FileUpload, file: FileHandle): Promise<void> {
  const { key, size, sha256, onProgress } = upload;
  const content = await readPart(file, 0, size);
  await throwIfChanged(upload, file, createHash('sha256').update(content).digest('hex'));
  await withStoreErrors(store, `uploading ${key}`, () =>
    store.client.send(
      new PutObjectCommand({
        Bucket: store.bucket,
        Key: key,
        Body: content,
        ContentType: 'application/octet-stream',
        ACL: 'public-read',
        Metadata: { sha256 },
      }),
    ),
  );
  onProgress?.(size, size);
}

async function sendParts(
  store: Store,
  upload: FileUpload,
  file: FileHandle,
  resumed: OpenUpload | undefined,
): Promise<void> {
  const { key, size, sha256, onProgress } = upload;
  const id = resumed?.id ?? (await beginUpload(store, key, sha256));
  const hash = createHash('sha256');
  const count = Math.ceil(size / partSize(size));
  const etags = new Map<number, string>();
  const parallel = Math.max(1, Math.min(mostParallel, Math.floor(mostBytes / partSize(size))));
  const under = new Set<Promise<void>>();
  let done = 0;
  let failure: unknown;
  const sent = (number: number, etag: string): void => {
    etags.set(number, etag);
    done += sizeOfPart(size, number);
    onProgress?.(done, size);
  };
  for (let number = 1; number <= count && failure === undefined; number += 1) {
    const content = await readPart(file, (number - 1) * partSize(size), sizeOfPart(size, number));
    hash.update(content);
    // Shorter than it was: the digest below says so.
    if (content.length < sizeOfPart(size, number)) break;
    const there = resumed?.parts.get(number);
    if (there?.size === content.length && there.etag === md5Tag(content)) {
      sent(number, there.etag);
      continue;
    }
    const one = sendPart(store, { key, id, number, content })
      .then((etag) => {
        sent(number, etag);
      })
      .catch((error: unknown) => {
        failure ??= error;
      })
      .finally(() => under.delete(one));
    under.add(one);
    if (under.size >= parallel) await Promise.race(under);
  }
  await Promise.all(under);
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- as it was caught
  if (failure !== undefined) throw failure;
  try {
    await throwIfChanged(upload, file, hash.digest('hex'));
  } catch (error) {
    await abortUpload(store, { key, id });
    throw error;
  }
  const parts = [...etags].toSorted(([one], [other]) => one - other);
  const request = {
    Bucket: store.bucket,
    Key: key,
    UploadId: id,
    MultipartUpload: { Parts: parts.map(([PartNumber, ETag]) => ({ PartNumber, ETag })) },
  };
  await withStoreErrors(store, `completing ${key}`, async () => {
    try {
      await store.client.send(new CompleteMultipartUploadCommand(request));
    } catch (error) {
      // Completed already, when the answer to that was lost.
      const isDone = isNamed(error, 'NoSuchUpload') && (await headObject(store, key))?.sha256 === sha256;
      if (!isDone) throw error;
    }
  });
}

async function sendPart(
  store: Store,
  { key, id, number, content }: { key: string; id: string; number: number; content: Buffer },
): Promise<string> {
  return withStoreErrors(store, `uploading part ${number} of ${key}`, async () => {
    const { ETag } = await store.client.send(
      new UploadPartCommand({
        Bucket: store.bucket,
        Key: key,
        UploadId: id,
        PartNumber: number,
        Body: content,
      }),
    );
    return ETag ?? '';
  });
}

/** Reads as much of a part as the file has. */
async function readPart(file: FileHandle, from: number, size: number): Promise<Buffer> {
  const content = Buffer.allocUnsafe(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await file.read(content, filled, size - filled, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return content.subarray(0, filled);
}

/** @throws BF1505 when the file has another digest, or more bytes than it had. */
async function throwIfChanged(upload: FileUpload, file: FileHandle, digest: string): Promise<void> {
  const { size } = await file.stat();
  if (digest === upload.sha256 && size === upload.size) return;
  const found = size === upload.size ? digest : `${size} bytes`;
  throw fileChangedDuringUpload({ file: upload.file, expected: upload.sha256, found });
}

/** What a store like Amazon's calls a part that has this content. Source: Amazon S3 API, UploadPart. */
function md5Tag(content: Buffer): string {
  return `"${createHash('md5').update(content).digest('hex')}"`;
}
