import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { digestFile, type FileDigest } from './digest.ts';
import { largestUnpacked, UnpacksTooLarge } from './unpack.ts';

/** What must be unchanged for an earlier digest to count. */
interface Fingerprint {
  readonly path: string;
  readonly size: number;
  /** Nanoseconds since 1970, as a decimal string. */
  readonly mtime: string;
  readonly ctime: string;
  readonly inode: string;
}

/** Version of the stored shape and of how it is found; a change makes all earlier entries void. */
const version = 3;

/**
 * `digestFile`, remembered: a preview of a fleet does not read gigabytes again that it has read before. An entry
 * counts only when path, size, modification time, change time and inode are all the same. Change time cannot be set
 * back by `touch`, so an image edited in place is read again.
 *
 * @param largest bytes that a packed file may unpack to; default 2 TiB. It holds for remembered ones too.
 * @param onTrouble told why the digest is not remembered: the folder is full or cannot be written. The digest is right.
 * @param folder where entries are kept, one small file each. Example: `.bootfleet/digests`.
 */
export async function cachedDigest(
  file: string,
  folder: string,
  onProgress?: (done: number, total: number) => void,
  largest: number = largestUnpacked,
  onTrouble?: (text: string) => void,
): Promise<FileDigest> {
  const before = await fingerprint(file);
  const name = createHash('sha256').update(before.path).digest('hex').slice(0, 32);
  const entry = path.join(folder, `${name}.json`);
  const known = await readEntry(entry);
  if (known && JSON.stringify(known.fingerprint) === JSON.stringify(before)) {
    if (known.digest.format !== 'raw' && known.digest.rawSize > largest) throw new UnpacksTooLarge(largest);
    return known.digest;
  }
  const digest = await digestFile(file, onProgress, largest);
  const after = await fingerprint(file);
  // A file that was written to while it was read gets no entry: the next look reads it again.
  if (JSON.stringify(after) === JSON.stringify(before))
    await writeEntry(entry, { version, fingerprint: before, digest }).catch((error: unknown) => {
      onTrouble?.(
        `${path.basename(file)} will be read again, its digest is not remembered: ${(error as Error).message}`,
      );
    });
  return digest;
}

interface Entry {
  readonly version: number;
  readonly fingerprint: Fingerprint;
  readonly digest: FileDigest;
}

async function fingerprint(file: string): Promise<Fingerprint> {
  const found = await stat(file, { bigint: true });
  return {
    path: path.resolve(file),
    size: Number(found.size),
    mtime: String(found.mtimeNs),
    ctime: String(found.ctimeNs),
    inode: String(found.ino),
  };
}

async function readEntry(entry: string): Promise<Entry | undefined> {
  try {
    const parsed = JSON.parse(await readFile(entry, 'utf8')) as Entry;
    return parsed.version === version ? parsed : undefined;
  } catch {
    // Absent or damaged: the file is simply read again.
    return undefined;
  }
}

async function writeEntry(entry: string, content: Entry): Promise<void> {
  await mkdir(path.dirname(entry), { recursive: true });
  const temporary = `${entry}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  try {
    await writeFile(temporary, JSON.stringify(content));
    await rename(temporary, entry);
  } catch (error) {
    // Half a file would take the room that is missing, and no two have one name.
    await rm(temporary, { force: true });
    throw error;
  }
}
