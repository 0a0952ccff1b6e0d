import { sectorBytes } from './parsed.ts';

/** What the superblock of a root slot's file system says. */
export interface FileSystem {
  readonly type: 'ext2' | 'ffs' | 'ffs2';
  /** Bytes that the file system takes: an image that is shorter was cut. */
  readonly bytes: number;
}

/** Bytes at the start of a slot that `parseFileSystem` looks at. */
export const fileSystemBytes = 64 * 1024 + 2 * 1024;

/**
 * Reads the superblock at the start of a slot: ext2 to ext4, and both versions of OpenBSD's FFS in either byte
 * order. Undefined for anything else: then nothing is known, which is no error.
 *
 * Sources: Linux, Documentation/filesystems/ext4/super.rst; OpenBSD, sys/ufs/ffs/fs.h (struct fs, SBLOCK_UFS1 8192,
 * SBLOCK_UFS2 65536).
 */
export function parseFileSystem(start: Uint8Array): FileSystem | undefined {
  const data = Buffer.from(start.buffer, start.byteOffset, start.byteLength);
  return ffs(data, 65_536) ?? ffs(data, 8192) ?? ext2(data);
}

function ext2(data: Buffer): FileSystem | undefined {
  const at = 1024;
  if (data.length < at + 1024 || data.readUInt16LE(at + 56) !== 0xef53) return undefined;
  const logBlock = data.readUInt32LE(at + 24);
  if (logBlock > 6) return undefined;
  return { type: 'ext2', bytes: data.readUInt32LE(at + 4) * 1024 * 2 ** logBlock };
}

/** `fs_magic` of both versions. */
const magics: Readonly<Record<number, 'ffs' | 'ffs2'>> = { 0x0001_1954: 'ffs', 0x1954_0119: 'ffs2' };

/** Either version may be at either place: kernels look for both, the later place first. */
function ffs(data: Buffer, at: number): FileSystem | undefined {
  if (data.length < at + 1376) return undefined;
  const little = magics[data.readUInt32LE(at + 1372)] !== undefined;
  const type = magics[little ? data.readUInt32LE(at + 1372) : data.readUInt32BE(at + 1372)];
  if (type === undefined) return undefined;
  const word = (offset: number): number =>
    little ? data.readUInt32LE(at + offset) : data.readUInt32BE(at + offset);
  const long = (offset: number): number =>
    Number(little ? data.readBigUInt64LE(at + offset) : data.readBigUInt64BE(at + offset));
  const fragment = word(52);
  if (fragment < sectorBytes || fragment > 64 * 1024) return undefined;
  // fs_ffs1_size and fs_size, in fragments. A damaged one may say more than a number holds: no image is that long.
  const bytes = fragment * (type === 'ffs' ? word(36) : long(1080));
  return { type, bytes: Math.min(bytes, Number.MAX_SAFE_INTEGER) };
}
