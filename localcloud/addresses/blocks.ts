/** Which addresses of 127.66.0.0/16 an embedded cloud may use. Pure. */

/** Blocks of 254 addresses: block `7` is 127.66.7.1 to 127.66.7.254. */
export const blockCount = 256;

/** All addresses of a block. */
export function addressesOf(block: number): readonly string[] {
  return Array.from({ length: 254 }, (_, index) => `127.66.${block}.${index + 1}`);
}

/** The first address of the blocks that is not taken. */
export function firstFree(blocks: readonly number[], taken: ReadonlySet<string>): string | undefined {
  for (const block of blocks) {
    const found = addressesOf(block).find((address) => !taken.has(address));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The block to claim next: the first one from `preferred` on, around the end, that nobody has. */
export function nextBlock(claimed: ReadonlySet<number>, preferred: number): number | undefined {
  for (let step = 0; step < blockCount; step += 1) {
    const block = (preferred + step) % blockCount;
    if (!claimed.has(block)) return block;
  }
  return undefined;
}
