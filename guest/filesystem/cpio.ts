import type { FileTree } from './tree.ts';

const modeOf = { directory: 0o040000, file: 0o100000, symlink: 0o120000 } as const;

/**
 * A tree as a `newc` cpio archive, the format of Linux initramfs images. Owner root, time 0, inode numbers in
 * order: the same tree gives the same bytes.
 *
 * Source: Linux, Documentation/driver-api/early-userspace/buffer-format.rst.
 */
export function renderCpio(tree: FileTree): Buffer {
  const parts: Buffer[] = [];
  let inode = 0;
  const add = (name: string, mode: number, data: Buffer): void => {
    inode += 1;
    const nameBytes = Buffer.from(`${name}\0`);
    const fields = [inode, mode, 0, 0, 1, 0, data.length, 0, 0, 0, 0, nameBytes.length, 0];
    const header = Buffer.from(`070701${fields.map((n) => n.toString(16).padStart(8, '0')).join('')}`);
    parts.push(header, nameBytes, padding(header.length + nameBytes.length), data, padding(data.length));
  };
  for (const [path, entry] of tree.entries()) {
    const permissions = entry.kind === 'symlink' ? 0o777 : entry.mode;
    const data =
      entry.kind === 'file' ? entry.data : Buffer.from(entry.kind === 'symlink' ? entry.target : '');
    add(path, modeOf[entry.kind] | permissions, data);
  }
  add('TRAILER!!!', 0, Buffer.alloc(0));
  return Buffer.concat(parts);
}

function padding(length: number): Buffer {
  return Buffer.alloc((4 - (length % 4)) % 4);
}
