import { filesystemType, type Disklabel, type DisklabelPartition } from '../../formats/disklabel.ts';
import { mbrType, type MbrPartition } from '../../formats/mbr.ts';

/** Sizes that a build may choose, in MiB. */
export interface LayoutSizes {
  /** Each of the two slots; 128 at most. Default 48. */
  readonly slot?: number;
  /** Default 32. resflash takes at least 100; a stand-in keeps little there. */
  readonly cfg?: number;
  /** Partition `b`; default none. */
  readonly swap?: number;
}

/** Where everything lies on the disk of a stand-in appliance, in sectors. */
export interface ApplianceLayout {
  readonly sectors: number;
  readonly mbrPartitions: readonly MbrPartition[];
  readonly disklabel: Disklabel;
  /** Start of the OpenBSD partition, whose second sector is the disklabel. */
  readonly openbsdStart: number;
}

const mebibyte = 2048;
const efiStart = 64;
/** resflash's EFI partition has 3 MB; this one also holds the kernel and the ramdisk of the first stage. */
const openbsdStart = 25 * mebibyte;

/** The disk's identifier: the same for every build, so that fstab entries fit every slot. */
export const duid = 'b007f1ee7057a4d1';

/**
 * The layout of resflash 6.8.2 for amd64: an EFI partition as the first entry of the boot record, an active
 * OpenBSD partition as the fourth, in its disklabel a=/mbr, b=swap, d and e=the slots, f=/cfg, i=/efi.
 * Sizes differ, see docs/guest-stand-in.md.
 */
export function applianceLayout({ slot = 48, cfg = 32, swap = 0 }: LayoutSizes = {}): ApplianceLayout {
  let next = openbsdStart + mebibyte;
  const partitions: DisklabelPartition[] = [];
  const add = (letter: string, mebibytes: number, type: number): void => {
    if (mebibytes === 0) return;
    partitions.push({ letter, start: next, sectors: mebibytes * mebibyte, type });
    next += mebibytes * mebibyte;
  };
  add('a', 4, filesystemType.ext2);
  add('b', swap, filesystemType.swap);
  add('d', slot, filesystemType.ext2);
  add('e', slot, filesystemType.ext2);
  add('f', cfg, filesystemType.ext2);
  const whole = { letter: 'c', start: 0, sectors: next, type: filesystemType.unused };
  const efi = { letter: 'i', start: efiStart, sectors: openbsdStart - efiStart, type: filesystemType.msdos };
  const unused = { type: mbrType.unused, active: false, start: 0, sectors: 0 };
  return {
    sectors: next,
    openbsdStart,
    mbrPartitions: [
      { type: mbrType.efi, active: false, start: efi.start, sectors: efi.sectors },
      unused,
      unused,
      { type: mbrType.openbsd, active: true, start: openbsdStart, sectors: next - openbsdStart },
    ],
    disklabel: {
      duid,
      sectors: next,
      bounds: { start: openbsdStart, end: next },
      typeName: 'bootfleet',
      packName: 'stand-in',
      partitions: [...partitions, whole, efi].sort((a, b) => (a.letter < b.letter ? -1 : 1)),
    },
  };
}

/** @throws RangeError for a letter that the layout does not have. */
export function partitionOf(layout: ApplianceLayout, letter: string): DisklabelPartition {
  const found = layout.disklabel.partitions.find((partition) => partition.letter === letter);
  if (!found) throw new RangeError(`no partition ${letter}`);
  return found;
}
