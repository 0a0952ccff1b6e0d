import {
  imageLayoutInvalid,
  imageTooShort,
  slotOfOtherFamily,
  slotsMissing,
  slotTooSmall,
} from '../../errors/image.ts';
import { readDiskLayout, type DiskLayout } from '../../formats/disk-layout.ts';
import { sectorBytes } from '../../formats/parsed.ts';
import type { FileFacts, SlotFacts } from './args.ts';
import { withReader } from './read-at.ts';
import { familyInName, isOfFamily } from './size-family.ts';
import { slotProblem } from './slot-places.ts';

/**
 * Reads the partition tables of a whole-disk image and holds its slot image against them.
 *
 * @param fs the slot image, if there is one.
 * @returns the root slots; empty for an image without.
 * @throws BF1103 cut short, BF1104 no disk, BF1105 slot too small, BF1110 no slots for the slot image, BF1112 another
 *   size family.
 */
export async function inspectLayout(
  artifact: string,
  img: { readonly file: string } & FileFacts,
  fs: { readonly file: string; readonly size: number } | undefined,
): Promise<SlotFacts[]> {
  const layout = await withReader(img.file, img.format, readDiskLayout);
  if (!layout.ok) throw imageLayoutInvalid({ artifact, file: img.file, detail: layout.reason });
  const needed = layout.value.end;
  if (img.rawSize < needed) throw imageTooShort({ artifact, file: img.file, size: img.rawSize, needed });
  const slots = slotsOf(layout.value);
  const problem = slotProblem(
    layout.value,
    slots.map(({ letter }) => letter),
  );
  if (problem !== undefined) throw imageLayoutInvalid({ artifact, file: img.file, detail: problem });
  if (!fs) return slots;
  if (slots.length === 0) throw slotsMissing({ artifact, img: img.file, fs: fs.file });
  for (const { letter, size } of slots) {
    if (fs.size > size) {
      throw slotTooSmall({ artifact, fs: fs.file, size: fs.size, slot: letter, slotSize: size });
    }
    if (!isOfFamily(fs.size, size)) {
      const detail = `${fs.size} bytes do not fill a slot of ${size}`;
      throw slotOfOtherFamily({ artifact, fs: fs.file, img: img.file, detail });
    }
  }
  const [named, namedImg] = [familyInName(fs.file), familyInName(img.file)];
  if (named !== undefined && namedImg !== undefined && named !== namedImg) {
    const detail = `their names say ${named} MB and ${namedImg} MB`;
    throw slotOfOtherFamily({ artifact, fs: fs.file, img: img.file, detail });
  }
  return slots;
}

/** The letters that resflash gives its two root slots. Source: resflash 6.8, build_resflash.sh. */
const slotLetters = ['d', 'e'];

/** The root slots of a disk: partitions d and e of its disklabel, when both are there and of one size. */
export function slotsOf({ disklabel }: DiskLayout): SlotFacts[] {
  const found = (disklabel?.partitions ?? [])
    .filter(({ letter, sectors }) => slotLetters.includes(letter) && sectors > 0)
    .map(({ letter, start, sectors }) => ({
      letter,
      offset: start * sectorBytes,
      size: sectors * sectorBytes,
    }));
  return found.length === slotLetters.length && new Set(found.map(({ size }) => size)).size === 1
    ? found
    : [];
}
