import { dataPartitions, labelBytes, labelSector, parseDisklabel, type Disklabel } from './disklabel.ts';
import { gptBytes, gptType, parseGpt, type Gpt } from './gpt.ts';
import { mbrType, parseMbr, type Mbr } from './mbr.ts';
import { beyondDisks, notParsed, parsed, sectorBytes, type Parsed } from './parsed.ts';

/** All tables of a disk image. */
export interface DiskLayout {
  readonly mbr: Mbr;
  readonly gpt?: Gpt;
  readonly disklabel?: Disklabel;
  /** The OpenBSD partition with that label, in sectors. */
  readonly openbsd?: { readonly start: number; readonly sectors: number };
  /** First byte after the last one that any partition reaches: an image that is shorter was cut. */
  readonly end: number;
}

/** Reads bytes of a disk: fewer than asked only where the disk ends. */
export type ReadAt = (offset: number, length: number) => Promise<Uint8Array>;

/**
 * Reads all partition tables of a disk image: MBR, GPT when the MBR is protective, and the OpenBSD disklabel
 * inside an OpenBSD partition of either. Partitions without sectors are none. What is inside an extended partition is not
 * looked at: the chain of its boot records is not followed, so that it cannot lead in a circle.
 */
export async function readDiskLayout(readAt: ReadAt): Promise<Parsed<DiskLayout>> {
  const start = await readAt(0, gptBytes);
  const mbr = parseMbr(start);
  if (!mbr.ok) return mbr;
  const used = mbr.value.partitions.filter(({ type, sectors }) => type !== mbrType.unused && sectors > 0);
  const isProtective = used.some((partition) => partition.type === mbrType.protective);
  const gpt = isProtective ? parseGpt(start) : undefined;
  if (gpt && !gpt.ok) return gpt;
  const openbsd = gpt
    ? gpt.value.partitions.find((partition) => partition.type === gptType.openbsd)
    : used.find((partition) => partition.type === mbrType.openbsd);
  const ends = (gpt ? gpt.value.partitions : used).map((partition) => partition.start + partition.sectors);
  let disklabel: Disklabel | undefined;
  if (openbsd) {
    const found = parseDisklabel(await readAt((openbsd.start + labelSector) * sectorBytes, labelBytes));
    if (!found.ok) return notParsed(`the OpenBSD partition at sector ${openbsd.start}: ${found.reason}`);
    disklabel = found.value;
    ends.push(...dataPartitions(disklabel).map((partition) => partition.start + partition.sectors));
  }
  const farthest = Math.max(0, ...ends);
  if (farthest >= beyondDisks)
    return notParsed(`a partition reaches to sector ${farthest}, where no disk reaches`);
  return parsed({
    mbr: mbr.value,
    ...(gpt && { gpt: gpt.value }),
    ...(disklabel && openbsd && { disklabel, openbsd: { start: openbsd.start, sectors: openbsd.sectors } }),
    end: Math.max(1, farthest) * sectorBytes,
  });
}
