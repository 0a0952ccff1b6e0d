/**
 * The first block of an empty JBD2 journal inside a file system.
 * Source: Linux, Documentation/filesystems/ext4/journal.rst (journal_superblock_s; all fields big-endian).
 */
export function journalSuperblock(blockSize: number, blocks: number, uuid: Buffer): Buffer {
  const block = Buffer.alloc(blockSize);
  const words = [0xc03b3998, 4, 0, blockSize, blocks, 1, 1, 0];
  words.forEach((word, i) => block.writeUInt32BE(word, i * 4));
  uuid.copy(block, 48);
  block.writeUInt32BE(1, 64);
  return block;
}
