/** One name in a directory. */
export interface DirectoryEntry {
  readonly name: string;
  readonly inode: number;
  readonly kind: 'directory' | 'file' | 'symlink';
}

const typeOf = { file: 1, directory: 2, symlink: 7 } as const;

/**
 * The blocks of a linear ext2 directory, `.` and `..` first; no entry crosses a block.
 * Source: Linux, Documentation/filesystems/ext4/directory.rst (ext4_dir_entry_2).
 */
export function renderDirectory(
  self: number,
  parent: number,
  listed: readonly DirectoryEntry[],
  blockSize: number,
): Buffer {
  const all: DirectoryEntry[] = [
    { name: '.', inode: self, kind: 'directory' },
    { name: '..', inode: parent, kind: 'directory' },
    ...listed,
  ];
  const blocks: Buffer[] = [];
  let block = Buffer.alloc(blockSize);
  let at = 0;
  let last = 0;
  const close = (): void => {
    block.writeUInt16LE(blockSize - last, last + 4);
    blocks.push(block);
  };
  for (const entry of all) {
    const name = Buffer.from(entry.name);
    const length = 8 + Math.ceil(name.length / 4) * 4;
    if (at + length > blockSize) {
      close();
      block = Buffer.alloc(blockSize);
      at = 0;
    }
    block.writeUInt32LE(entry.inode, at);
    block.writeUInt16LE(length, at + 4);
    block.writeUInt8(name.length, at + 6);
    block.writeUInt8(typeOf[entry.kind], at + 7);
    name.copy(block, at + 8);
    last = at;
    at += length;
  }
  close();
  return Buffer.concat(blocks);
}
