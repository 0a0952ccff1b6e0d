import type { FileTree, TreeEntry } from './tree.ts';
import { renderDirectory, type DirectoryEntry } from './ext2-directory.ts';
import { journalSuperblock } from './ext2-journal.ts';

/** What a file system is made with. */
export interface Ext2Options {
  /** Size of the whole file system in bytes; a multiple of the block size, one block group at most. */
  readonly bytes: number;
  /** 1024 or 4096; default 4096. A block group holds 8 MiB of the first, 128 MiB of the second. */
  readonly blockSize?: 1024 | 4096;
  /** 16 bytes. Fixed by the caller, for images that do not change from build to build. */
  readonly uuid: Buffer;
  /** At most 16 characters. */
  readonly label: string;
  /** Seconds since 1970: every time in the file system. */
  readonly time: number;
  /** True adds a journal of 1024 blocks (ext3), for file systems that are written while running. */
  readonly journal?: boolean;
  /** Default: one inode for 16 KiB. */
  readonly inodes?: number;
}

const rootInode = 2;
const journalInode = 8;
const firstFreeInode = 11;
const inodeSize = 256;
const kinds = { directory: 0x4000, file: 0x8000, symlink: 0xa000 } as const;

/**
 * A tree as an ext2 (or, with a journal, ext3) file system. Written here and not by mke2fs because its digest
 * must depend on nothing but the tree: not on the host's e2fsprogs, on the order of a host's folder, on its
 * clock, or on rights to own files of root. Unused blocks are zero.
 *
 * Source: Linux, Documentation/filesystems/ext2.rst and ext4/ (super.rst, inodes.rst, directory.rst, journal.rst).
 * @throws RangeError when the tree does not fit.
 */
export function renderExt2(tree: FileTree, options: Ext2Options): Buffer {
  const { bytes, uuid, label, time, journal = false, blockSize = 4096 } = options;
  const blocks = bytes / blockSize;
  const firstBlock = blockSize === 1024 ? 1 : 0;
  if (!Number.isInteger(blocks) || blocks - firstBlock > blockSize * 8)
    throw new RangeError(`${bytes} bytes are not whole blocks of one group`);
  const perBlock = blockSize / inodeSize;
  const inodes = Math.ceil((options.inodes ?? bytes / 16384) / perBlock) * perBlock;
  const bitmapAt = firstBlock + 2;
  const tableAt = bitmapAt + 2;
  const image = Buffer.alloc(bytes);
  let nextBlock = tableAt + inodes / perBlock;
  let directories = 0;

  const allocate = (count: number): number[] => {
    const first = nextBlock;
    nextBlock += count;
    if (nextBlock > blocks) throw new RangeError(`the files need more than ${bytes} bytes`);
    return Array.from({ length: count }, (_, i) => first + i);
  };

  const writeInode = (number: number, mode: number, data: Buffer, links: number, inline?: string): void => {
    const at = tableAt * blockSize + (number - 1) * inodeSize;
    image.writeUInt16LE(mode, at);
    image.writeUInt32LE(inline === undefined ? data.length : Buffer.byteLength(inline), at + 4);
    for (const field of [8, 12, 16, 144]) image.writeUInt32LE(time, at + field);
    image.writeUInt16LE(links, at + 26);
    image.writeUInt16LE(32, at + 128);
    if (inline !== undefined) {
      image.write(inline, at + 40);
      return;
    }
    const content = allocate(Math.ceil(data.length / blockSize));
    if (content[0] !== undefined) data.copy(image, content[0] * blockSize);
    const tables = mapBlocks(content, blockSize, allocate, image);
    tables.pointers.forEach((pointer, i) => image.writeUInt32LE(pointer, at + 40 + i * 4));
    image.writeUInt32LE(((content.length + tables.used) * blockSize) / 512, at + 28);
  };

  // Numbers first, because a directory names its children's inodes.
  const all = tree.entries().filter(([path]) => path !== 'lost+found');
  const numbers = new Map<string, number>([['', rootInode]]);
  let nextInode = firstFreeInode + 1;
  for (const [path] of all) numbers.set(path, nextInode++);
  if (nextInode - 1 > inodes) throw new RangeError(`${all.length} files need more than ${inodes} inodes`);
  const children = new Map<string, DirectoryEntry[]>([
    ['', [{ name: 'lost+found', inode: firstFreeInode, kind: 'directory' }]],
  ]);
  for (const [path, entry] of all) {
    const slash = path.lastIndexOf('/');
    const parent = slash < 0 ? '' : path.slice(0, slash);
    const listed = children.get(parent) ?? [];
    listed.push({ name: path.slice(slash + 1), inode: numbers.get(path) ?? 0, kind: entry.kind });
    children.set(parent, listed);
  }

  const writeDirectory = (
    number: number,
    parent: number,
    mode: number,
    listed: readonly DirectoryEntry[],
  ): void => {
    directories += 1;
    const subfolders = listed.filter((child) => child.kind === 'directory').length;
    writeInode(
      number,
      kinds.directory | mode,
      renderDirectory(number, parent, listed, blockSize),
      2 + subfolders,
    );
  };
  const writeEntry = (path: string, entry: TreeEntry): void => {
    const number = numbers.get(path) ?? 0;
    const slash = path.lastIndexOf('/');
    const parent = numbers.get(slash < 0 ? '' : path.slice(0, slash)) ?? rootInode;
    if (entry.kind === 'directory') writeDirectory(number, parent, entry.mode, children.get(path) ?? []);
    else if (entry.kind === 'file') writeInode(number, kinds.file | entry.mode, entry.data, 1);
    else if (Buffer.byteLength(entry.target) < 60)
      writeInode(number, kinds.symlink | 0o777, Buffer.alloc(0), 1, entry.target);
    else writeInode(number, kinds.symlink | 0o777, Buffer.from(entry.target), 1);
  };

  writeDirectory(rootInode, rootInode, 0o755, children.get('') ?? []);
  writeDirectory(firstFreeInode, rootInode, 0o700, []);
  if (journal) {
    const log = Buffer.alloc(1024 * blockSize);
    journalSuperblock(blockSize, 1024, uuid).copy(log);
    writeInode(journalInode, kinds.file | 0o600, log, 1);
  }
  for (const [path, entry] of all) writeEntry(path, entry);

  const usedInodes = nextInode - 1;
  fillBitmap(image, bitmapAt * blockSize, nextBlock - firstBlock, blocks - firstBlock, blockSize * 8);
  fillBitmap(image, (bitmapAt + 1) * blockSize, usedInodes, inodes, blockSize * 8);

  const group = (firstBlock + 1) * blockSize;
  image.writeUInt32LE(bitmapAt, group);
  image.writeUInt32LE(bitmapAt + 1, group + 4);
  image.writeUInt32LE(tableAt, group + 8);
  image.writeUInt16LE(blocks - nextBlock, group + 12);
  image.writeUInt16LE(inodes - usedInodes, group + 14);
  image.writeUInt16LE(directories, group + 16);

  const at = 1024;
  const words: readonly (readonly [number, number])[] = [
    [0, inodes], [4, blocks], [12, blocks - nextBlock], [16, inodes - usedInodes], [20, firstBlock],
    [24, blockSize === 1024 ? 0 : 2], [28, blockSize === 1024 ? 0 : 2], [32, blockSize * 8], [36, blockSize * 8],
    [40, inodes], [48, time], [64, time], [76, 1], [84, firstFreeInode], [92, journal ? 4 : 0], [96, 2], [224, journal ? journalInode : 0],
    [264, time],
  ]; // prettier-ignore
  for (const [field, value] of words) image.writeUInt32LE(value, at + field);
  image.writeUInt16LE(0xffff, at + 54);
  image.writeUInt16LE(0xef53, at + 56);
  image.writeUInt16LE(1, at + 58);
  image.writeUInt16LE(1, at + 60);
  image.writeUInt16LE(inodeSize, at + 88);
  uuid.copy(image, at + 104);
  image.write(label.slice(0, 16), at + 120);
  image.writeUInt16LE(32, at + 348);
  image.writeUInt16LE(32, at + 350);
  return image;
}

/** Direct, indirect and double indirect pointers to a file's blocks, in the fifteen words of an inode. */
function mapBlocks(
  content: readonly number[],
  blockSize: number,
  allocate: (count: number) => number[],
  image: Buffer,
): { pointers: number[]; used: number } {
  const perTable = blockSize / 4;
  const pointers = content.slice(0, 12);
  let used = 0;
  const table = (blocks: readonly number[]): number => {
    const [at = 0] = allocate(1);
    used += 1;
    blocks.forEach((block, i) => image.writeUInt32LE(block, at * blockSize + i * 4));
    return at;
  };
  if (content.length > 12) pointers[12] = table(content.slice(12, 12 + perTable));
  if (content.length > 12 + perTable) {
    const tables: number[] = [];
    for (let i = 12 + perTable; i < content.length; i += perTable)
      tables.push(table(content.slice(i, i + perTable)));
    if (tables.length > perTable) throw new RangeError('a file needs triple indirect blocks');
    pointers[13] = table(tables);
  }
  return { pointers, used };
}

/** Sets the first `used` bits, and the bits past `total` up to the bitmap's end. */
function fillBitmap(image: Buffer, at: number, used: number, total: number, bits: number): void {
  const set = (from: number, to: number): void => {
    for (let bit = from; bit < to; bit++) {
      const byte = at + (bit >> 3);
      image.writeUInt8(image.readUInt8(byte) | (1 << (bit & 7)), byte);
    }
  };
  set(0, used);
  set(total, bits);
}
