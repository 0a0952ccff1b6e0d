import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
} from '@aws-sdk/client-s3';
import { isNamed, withStoreErrors, type Store } from './object-store.ts';
import { unlessRefused } from './store-request.ts';

/** The smallest part: large enough that requests do not count, small enough that four in memory do not either. */
const smallestPart = 16 * 1024 * 1024;
/** Scaleway takes at most this many parts an object (AWS: 10,000). Source: Scaleway Object Storage limits. */
const mostParts = 1000;
/** Answers read of one list, of up to 1,000 entries each: a bound on what a store can make us do. */
const mostPages = 100;

/** The size of a part, so that an object of any size stays within the limit on their number. */
export function partSize(size: number): number {
  const mebibyte = 1024 * 1024;
  return Math.max(smallestPart, Math.ceil(size / mostParts / mebibyte) * mebibyte);
}

/** A part that the store has. */
export interface StoredPart {
  readonly size: number;
  /** As the store says it, with its quotation marks. MD5 of the part, where the store is like Amazon's. */
  readonly etag: string;
}

/** An upload that is under way, or was when somebody was killed. Its parts are invisible until it is completed. */
export interface OpenUpload {
  readonly key: string;
  readonly id: string;
  /** By number, from 1. */
  readonly parts: ReadonlyMap<number, StoredPart>;
}

/** Uploads that were begun and not completed, of all keys that begin with the prefix; none where there is no bucket. */
export async function openUploads(store: Store, prefix: string): Promise<OpenUpload[]> {
  const found: { key: string; id: string }[] = [];
  await withStoreErrors(store, `looking for old uploads of ${prefix}`, async () => {
    let from: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {};
    for (let pages = 0; pages < mostPages; pages += 1) {
      const request = new ListMultipartUploadsCommand({ Bucket: store.bucket, Prefix: prefix, ...from });
      const listed = await store.client.send(request).catch((error: unknown) => {
        if (isNamed(error, 'NoSuchBucket')) return undefined;
        throw error;
      });
      // Begun anew after trouble on a later page, some would be there twice.
      if (pages === 0) found.length = 0;
      for (const { Key: key = '', UploadId: id = '' } of listed?.Uploads ?? [])
        if (key.startsWith(prefix)) found.push({ key, id });
      if (!listed?.IsTruncated) break;
      from = { KeyMarker: listed.NextKeyMarker, UploadIdMarker: listed.NextUploadIdMarker };
    }
  });
  return Promise.all(found.map(async (one) => ({ ...one, parts: await partsOf(store, one) })));
}

async function partsOf(
  store: Store,
  { key, id }: { key: string; id: string },
): Promise<Map<number, StoredPart>> {
  const parts = new Map<number, StoredPart>();
  await withStoreErrors(store, `listing what arrived of ${key}`, async () => {
    let after: string | undefined;
    for (let pages = 0; pages < mostPages; pages += 1) {
      const request = { Bucket: store.bucket, Key: key, UploadId: id, PartNumberMarker: after };
      const listed = await store.client.send(new ListPartsCommand(request)).catch((error: unknown) => {
        // Ended by somebody else meanwhile.
        if (isNamed(error, 'NoSuchUpload')) return undefined;
        throw error;
      });
      for (const { PartNumber: number = 0, Size: size = 0, ETag: etag = '' } of listed?.Parts ?? [])
        parts.set(number, { size, etag });
      if (!listed?.IsTruncated) break;
      after = listed.NextPartNumberMarker;
    }
  });
  return parts;
}

/** Bytes of an upload that have arrived and take room in the store. Pure. */
export function storedBytes({ parts }: OpenUpload): number {
  return [...parts.values()].reduce((sum, { size }) => sum + size, 0);
}

/**
 * Ends all uploads of keys that begin with the prefix: what a killed run left is invisible and is paid for. In a
 * bucket that is shared none is ended, as it may be under way.
 *
 * @returns those that were ended.
 * @throws BF1501, BF1502 also when the keys may not list uploads, BF1506.
 */
export async function abortUploads(store: Store, prefix: string): Promise<OpenUpload[]> {
  const left = store.shared ? [] : await openUploads(store, prefix);
  for (const upload of left) await abortUpload(store, upload);
  return left;
}

/**
 * Begins an upload. When an answer is lost, another one may have been begun before it, whose id nobody knows; it is ended,
 * unless the bucket is shared.
 *
 * @returns its id.
 */
export async function beginUpload(store: Store, key: string, sha256: string): Promise<string> {
  let tries = 0;
  const begun = await withStoreErrors(store, `beginning the upload of ${key}`, async () => {
    tries += 1;
    const { UploadId } = await store.client.send(
      new CreateMultipartUploadCommand({
        Bucket: store.bucket,
        Key: key,
        ContentType: 'application/octet-stream',
        ACL: 'public-read',
        Metadata: { sha256 },
      }),
    );
    return UploadId ?? '';
  });
  if (tries > 1 && !store.shared) {
    const others = await unlessRefused(store, [], 'one may be left', () => openUploads(store, key));
    for (const other of others) if (other.id !== begun) await abortUpload(store, other);
  }
  return begun;
}

/** Ends an upload and frees what its parts take. One that is gone is fine. */
export async function abortUpload(store: Store, { key, id }: Pick<OpenUpload, 'key' | 'id'>): Promise<void> {
  await withStoreErrors(store, `ending an old upload of ${key}`, async () => {
    try {
      await store.client.send(
        new AbortMultipartUploadCommand({ Bucket: store.bucket, Key: key, UploadId: id }),
      );
    } catch (error) {
      if (!isNamed(error, 'NoSuchUpload') && !isNamed(error, 'NoSuchBucket')) throw error;
    }
  });
}

/**
 * Which of the uploads that were left behind is gone on with: the one of this key of which most has arrived. Pure.
 *
 * @param key holds the digest of the file, so that an upload of the same key is of the same content; else none is.
 * @returns that one, and the others, which nobody continues.
 */
export function chooseUpload(
  uploads: readonly OpenUpload[],
  { key, sha256, size }: { readonly key: string; readonly sha256: string; readonly size: number },
): { readonly resumed: OpenUpload | undefined; readonly stale: readonly OpenUpload[] } {
  const usable = ({ parts }: OpenUpload): number =>
    [...parts].filter(([number, part]) => part.size === sizeOfPart(size, number)).length;
  const own = uploads.filter((upload) => upload.key === key && key.includes(sha256) && usable(upload) > 0);
  const [resumed] = own.toSorted((one, other) => usable(other) - usable(one));
  return { resumed, stale: uploads.filter((upload) => upload !== resumed) };
}

/** Bytes of one part of a file; 0 for a number that it has not. @param number from 1 */
export function sizeOfPart(size: number, number: number): number {
  const whole = partSize(size);
  return Math.max(0, Math.min(whole, size - (number - 1) * whole));
}
