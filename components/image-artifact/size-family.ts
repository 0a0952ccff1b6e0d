import path from 'node:path';

/**
 * Least part of a slot that a slot image of its family takes. resflash cuts both slots of an `img` to the size of its
 * `fs`; its 7.6 leaves 2 MB of 886 free. The next family down is far below that.
 */
const leastPart = 15 / 16;

/** Whether a slot image is of the size family of a slot: it fits, and fills it. */
export function isOfFamily(bytes: number, slotBytes: number): boolean {
  return bytes <= slotBytes && bytes >= slotBytes * leastPart;
}

/**
 * The size of the whole disk image in megabytes, as resflash writes it into the names of both files of a build;
 * undefined for other names.
 *
 * @example familyInName('resflash-amd64-1906MB-com0_115200-20240930_1553.fs') // 1906
 */
export function familyInName(file: string): number | undefined {
  const megabytes = /^resflash-[a-z0-9]+-(\d+)MB-/.exec(path.basename(file))?.[1];
  return megabytes === undefined ? undefined : Number(megabytes);
}
