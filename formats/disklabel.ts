import { notParsed, parsed, sectorBytes, type Parsed } from './parsed.ts';

/** One partition of an OpenBSD disklabel. Places are sectors of the whole disk, not of the OpenBSD partition. */
export interface DisklabelPartition {
  /** `a` to `p`, later capitals; `c` is the whole disk. */
  readonly letter: string;
  readonly start: number;
  readonly sectors: number;
  /** See `filesystemType`. */
  readonly type: number;
}

/** An OpenBSD disklabel, as far as bootfleet uses it. */
export interface Disklabel {
  /** Sixteen hex digits, as in `fstab`: the disk's unique identifier. */
  readonly duid: string;
  /** Sectors of the whole disk. */
  readonly sectors: number;
  /** First sector that OpenBSD may use, and the one after the last. */
  readonly bounds: { readonly start: number; readonly end: number };
  /** At most 15 characters each. */
  readonly typeName: string;
  readonly packName: string;
  /** Used partitions in order of their letters. */
  readonly partitions: readonly DisklabelPartition[];
}

/** File system types (`FS_*` of sys/disklabel.h) that occur on such disks. */
export const filesystemType = { unused: 0, swap: 1, ffs: 7, msdos: 8, ext2: 17 } as const;

/** Sector of an OpenBSD partition that holds its label, counted from the partition's start (LABELSECTOR). */
export const labelSector = 1;

/** Bytes to read there: enough for the most partitions that OpenBSD knows. */
export const labelBytes = 3 * sectorBytes;

const magic = 0x82564557;
const headerBytes = 148;
const entryBytes = 16;
/** OpenBSD knew 16 partitions up to 7.7 and knows more since; the label then goes past its sector. */
const mostPartitions = 64;
const rawPartition = 2;

/**
 * Reads a disklabel from the second sector of the OpenBSD partition (give it `labelBytes`) and checks its checksum.
 * Source: OpenBSD sys/sys/disklabel.h (struct disklabel, version 1) and disklabel(5).
 */
export function parseDisklabel(sector: Uint8Array): Parsed<Disklabel> {
  if (sector.length < sectorBytes) return notParsed(`a disklabel has 512 bytes, here are ${sector.length}`);
  const bytes = Buffer.from(sector.buffer, sector.byteOffset, sector.length);
  if (bytes.readUInt32LE(0) !== magic || bytes.readUInt32LE(132) !== magic)
    return notParsed('no disklabel magic number');
  const sectorSize = bytes.readUInt32LE(40);
  if (sectorSize !== sectorBytes) return notParsed(`sectors of ${sectorSize} bytes are not supported`);
  const count = bytes.readUInt16LE(138);
  if (count > mostPartitions || headerBytes + count * entryBytes > bytes.length)
    return notParsed(`the disklabel claims ${count} partitions, here is room for fewer`);
  if (checksum(bytes, count) !== 0) return notParsed('the checksum of the disklabel is wrong');
  const partitions: DisklabelPartition[] = [];
  for (let i = 0; i < count; i++) {
    const at = headerBytes + i * entryBytes;
    const sectors = wide(bytes.readUInt32LE(at), bytes.readUInt16LE(at + 10));
    const start = wide(bytes.readUInt32LE(at + 4), bytes.readUInt16LE(at + 8));
    const type = bytes.readUInt8(at + 12);
    if (sectors > 0) partitions.push({ letter: letterOf(i), start, sectors, type });
  }
  return parsed({
    duid: bytes.toString('hex', 64, 72),
    sectors: wide(bytes.readUInt32LE(60), bytes.readUInt16LE(112)),
    bounds: {
      start: wide(bytes.readUInt32LE(80), bytes.readUInt16LE(76)),
      end: wide(bytes.readUInt32LE(84), bytes.readUInt16LE(78)),
    },
    typeName: text(bytes.subarray(8, 24)),
    packName: text(bytes.subarray(24, 40)),
    partitions,
  });
}

/**
 * The 512 bytes of a disklabel with sixteen partitions, checksum included. Geometry is the usual fiction of 255
 * heads and 63 sectors.
 * @throws RangeError for values that do not fit.
 */
export function renderDisklabel(label: Disklabel): Buffer {
  if (!/^[0-9a-f]{16}$/.test(label.duid))
    throw new RangeError(`DUID ${label.duid} is not sixteen hex digits`);
  const bytes = Buffer.alloc(sectorBytes);
  bytes.writeUInt32LE(magic, 0);
  bytes.writeUInt16LE(4, 4);
  bytes.write(label.typeName.slice(0, 15), 8, 'latin1');
  bytes.write(label.packName.slice(0, 15), 24, 'latin1');
  const cylinders = Math.min(Math.floor(label.sectors / (255 * 63)), 0xffffffff);
  [sectorBytes, 63, 255, cylinders, 255 * 63].forEach((word, i) => bytes.writeUInt32LE(word, 40 + i * 4));
  writeWide(bytes, label.sectors, 60, 112);
  bytes.write(label.duid, 64, 'hex');
  writeWide(bytes, label.bounds.start, 80, 76);
  writeWide(bytes, label.bounds.end, 84, 78);
  bytes.writeUInt16LE(1, 114);
  bytes.writeUInt32LE(magic, 132);
  bytes.writeUInt16LE(16, 138);
  for (const partition of label.partitions) {
    const index = partition.letter.charCodeAt(0) - 97;
    if (partition.letter.length !== 1 || index < 0 || index > 15)
      throw new RangeError(`no partition ${partition.letter}`);
    const at = headerBytes + index * entryBytes;
    writeWide(bytes, partition.sectors, at, at + 10);
    writeWide(bytes, partition.start, at + 4, at + 8);
    bytes.writeUInt8(partition.type, at + 12);
  }
  bytes.writeUInt16LE(checksum(bytes, 16), 136);
  return bytes;
}

/** The partitions that hold data: all but `c`, which is the disk itself. */
export function dataPartitions(label: Disklabel): readonly DisklabelPartition[] {
  return label.partitions.filter((partition) => partition.letter !== letterOf(rawPartition));
}

/** XOR of all 16-bit words up to the last partition (dkcksum of OpenBSD); zero over a label with its checksum. */
function checksum(bytes: Buffer, partitions: number): number {
  let sum = 0;
  for (let at = 0; at < headerBytes + partitions * entryBytes; at += 2) sum ^= bytes.readUInt16LE(at);
  return sum;
}

function letterOf(index: number): string {
  return String.fromCharCode(index < 26 ? 97 + index : 65 + index - 26);
}

function wide(low: number, high: number): number {
  return high * 2 ** 32 + low;
}

function writeWide(bytes: Buffer, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** 48)
    throw new RangeError(`${value} is not a sector number`);
  bytes.writeUInt32LE(value % 2 ** 32, low);
  bytes.writeUInt16LE(Math.floor(value / 2 ** 32), high);
}

function text(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('latin1', 0, end < 0 ? bytes.length : end);
}
