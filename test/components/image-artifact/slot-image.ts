import { filesystemType, renderDisklabel } from '../../../formats/disklabel.ts';
import { mbrType, renderMbr } from '../../../formats/mbr.ts';

const sector = 512;
const sectors = 384;

/** The smallest disk image with two root slots of 64 KiB each: 192 KiB, laid out as resflash does it. */
export const slotImage: Buffer = Buffer.alloc(sectors * sector);

const slots = [
  { letter: 'd', start: 128, sectors: 128, type: filesystemType.ffs },
  { letter: 'e', start: 256, sectors: 128, type: filesystemType.ffs },
];
renderMbr({
  code: Buffer.alloc(0),
  signature: 1,
  partitions: [{ type: mbrType.openbsd, active: true, start: 64, sectors: sectors - 64 }],
}).copy(slotImage);
renderDisklabel({
  duid: '0123456789abcdef',
  sectors,
  bounds: { start: 64, end: sectors },
  typeName: 'test',
  packName: 'test',
  partitions: slots,
}).copy(slotImage, 65 * sector);
