import { notParsed, parsed, sectorBytes, type Parsed } from './parsed.ts';

/** One of the four entries of a master boot record. Sizes and places in sectors of 512 bytes. */
export interface MbrPartition {
  /** 0x00 unused, 0xA6 OpenBSD, 0xEE protective (GPT), 0xEF EFI system, 0x83 Linux. */
  readonly type: number;
  readonly active: boolean;
  readonly start: number;
  readonly sectors: number;
}

/** A master boot record. */
export interface Mbr {
  /** The first 440 bytes, run by a BIOS. Shorter code is padded with zeros. */
  readonly code: Buffer;
  /** 32-bit disk signature. */
  readonly signature: number;
  /** Always four; unused ones have type 0. */
  readonly partitions: readonly MbrPartition[];
}

export const mbrType = { unused: 0x00, openbsd: 0xa6, protective: 0xee, efi: 0xef, linux: 0x83 } as const;

const codeBytes = 440;
const tableAt = 446;

/**
 * Reads a master boot record from the first sector of a disk.
 * Source: UEFI Specification 2.10, section 5.2.1 (Legacy Master Boot Record).
 */
export function parseMbr(sector: Uint8Array): Parsed<Mbr> {
  if (sector.length < sectorBytes) return notParsed(`a boot record has 512 bytes, here are ${sector.length}`);
  const bytes = Buffer.from(sector.buffer, sector.byteOffset, sectorBytes);
  if (bytes.readUInt16LE(510) !== 0xaa55) return notParsed('the boot record does not end with 55 AA');
  const partitions: MbrPartition[] = [];
  for (let i = 0; i < 4; i++) {
    const at = tableAt + i * 16;
    const flag = bytes.readUInt8(at);
    if (flag !== 0 && flag !== 0x80)
      return notParsed(`entry ${i} has boot flag ${flag}, which is neither 0 nor 128`);
    const type = bytes.readUInt8(at + 4);
    const start = bytes.readUInt32LE(at + 8);
    const sectors = bytes.readUInt32LE(at + 12);
    partitions.push({ type, active: flag === 0x80, start, sectors });
  }
  return parsed({
    code: Buffer.from(bytes.subarray(0, codeBytes)),
    signature: bytes.readUInt32LE(440),
    partitions,
  });
}

/**
 * The 512 bytes of a master boot record. Addresses in cylinders and heads are filled with the value that says
 * "use the sector numbers": no firmware of this century reads them.
 * @throws RangeError for code over 440 bytes or numbers that do not fit.
 */
export function renderMbr(mbr: Mbr): Buffer {
  if (mbr.code.length > codeBytes)
    throw new RangeError(`boot code has ${mbr.code.length} bytes, room is for 440`);
  if (mbr.partitions.length > 4) throw new RangeError('a boot record has four entries');
  const bytes = Buffer.alloc(sectorBytes);
  mbr.code.copy(bytes);
  bytes.writeUInt32LE(mbr.signature, 440);
  mbr.partitions.forEach((partition, i) => {
    const at = tableAt + i * 16;
    const used = partition.type !== mbrType.unused;
    bytes.writeUInt8(partition.active ? 0x80 : 0, at);
    if (used) bytes.write('feffff', at + 1, 'hex');
    bytes.writeUInt8(partition.type, at + 4);
    if (used) bytes.write('feffff', at + 5, 'hex');
    bytes.writeUInt32LE(partition.start, at + 8);
    bytes.writeUInt32LE(partition.sectors, at + 12);
  });
  bytes.writeUInt16LE(0xaa55, 510);
  return bytes;
}
