import { dataPartitions, labelSector } from '../../formats/disklabel.ts';
import type { DiskLayout } from '../../formats/disk-layout.ts';
import { gptType } from '../../formats/gpt.ts';
import { mbrType } from '../../formats/mbr.ts';

/** A run of sectors that an upgrade must not write. */
interface Taken {
  readonly what: string;
  readonly start: number;
  readonly sectors: number;
}

/** Sectors of a GPT: its protective boot record, its header and 128 entries (UEFI 2.10, 5.3). */
const gptSectors = 34;

/**
 * Why an upgrade of one root slot would destroy something else, as a sentence; `undefined` when it would not. An upgrade
 * writes a slot from end to end, so that it must lie over nothing: neither the tables that the disk is read by, nor the
 * other slot, nor any other partition. Pure.
 *
 * @param letters the slots' letters in the disklabel.
 */
export function slotProblem(layout: DiskLayout, letters: readonly string[]): string | undefined {
  const { disklabel } = layout;
  if (disklabel === undefined) return undefined;
  const data = dataPartitions(disklabel);
  const tables = tablesOf(layout);
  for (const slot of data.filter(({ letter }) => letters.includes(letter))) {
    const others = data
      .filter((other) => other !== slot)
      .map((other) => ({ ...other, what: `partition ${other.letter}` }));
    const hit = [...tables, ...others].find(
      ({ start, sectors }) => start < slot.start + slot.sectors && slot.start < start + sectors,
    );
    if (hit === undefined) continue;
    return `slot ${slot.letter} (sectors ${slot.start} to ${slot.start + slot.sectors - 1}) lies over ${hit.what}`;
  }
  return undefined;
}

/** The tables, and the partitions beside the OpenBSD one. */
function tablesOf({ mbr, gpt, openbsd }: DiskLayout): Taken[] {
  const beside = gpt
    ? gpt.partitions
        .filter(({ type }) => type !== gptType.openbsd)
        .map(({ start, sectors }, at) => ({
          what: `partition ${at + 1} of the GPT that is not OpenBSD's`,
          start,
          sectors,
        }))
    : mbr.partitions.flatMap(({ type, start, sectors }, at) =>
        [mbrType.unused, mbrType.openbsd].some((one) => one === type) || sectors === 0
          ? []
          : [{ what: `partition ${at} of the boot record`, start, sectors }],
      );
  return [
    gpt
      ? { what: 'the GPT', start: 0, sectors: gptSectors }
      : { what: 'the boot record', start: 0, sectors: 1 },
    { what: 'the disklabel', start: (openbsd?.start ?? 0) + labelSector, sectors: 1 },
    ...beside,
  ];
}
