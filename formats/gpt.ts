import { crc32 } from 'node:zlib';
import { beyondDisks, notParsed, parsed, sectorBytes, type Parsed } from './parsed.ts';

/** One partition of a GUID partition table. Places in sectors of 512 bytes. */
export interface GptPartition {
  /** Type as text, e.g. `824cc7a0-36a8-11e3-890a-952519ad3f61` (OpenBSD). */
  readonly type: string;
  readonly guid: string;
  readonly start: number;
  readonly sectors: number;
  /** Attribute bits; bit 2 is "legacy BIOS bootable". */
  readonly attributes: bigint;
  /** At most 36 UTF-16 units. */
  readonly name: string;
}

/** The primary GUID partition table of a disk. */
export interface Gpt {
  readonly diskGuid: string;
  /** First and last sector that partitions may use. */
  readonly firstUsable: number;
  readonly lastUsable: number;
  /** Sector of the backup table: the last of the disk for which the table was made. */
  readonly backupAt: number;
  /** Used partitions, in order of their entries. */
  readonly partitions: readonly GptPartition[];
}

export const gptType = {
  efi: 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b',
  openbsd: '824cc7a0-36a8-11e3-890a-952519ad3f61',
  linux: '0fc63daf-8483-4772-8e79-3d69d8477de4',
} as const;

/** Bytes from the start of a disk that hold protective MBR, header and entries of the usual table. */
export const gptBytes = 34 * sectorBytes;

const entryBytes = 128;
const entries = 128;
const unused = '00000000-0000-0000-0000-000000000000';

/**
 * Reads the primary table from the first 17408 bytes (or more) of a disk, and checks both its checksums.
 * Source: UEFI Specification 2.10, section 5.3 (GUID Partition Table).
 */
export function parseGpt(disk: Uint8Array): Parsed<Gpt> {
  const bytes = Buffer.from(disk.buffer, disk.byteOffset, disk.length);
  if (bytes.length < 2 * sectorBytes) return notParsed('the disk is shorter than two sectors');
  const header = bytes.subarray(sectorBytes, 2 * sectorBytes);
  if (header.toString('latin1', 0, 8) !== 'EFI PART')
    return notParsed('no GPT signature in the second sector');
  const headerSize = header.readUInt32LE(12);
  if (headerSize < 92 || headerSize > sectorBytes)
    return notParsed(`the GPT header claims ${headerSize} bytes`);
  const checked = Buffer.from(header.subarray(0, headerSize));
  checked.writeUInt32LE(0, 16);
  if (crc32(checked) !== header.readUInt32LE(16)) return notParsed('the checksum of the GPT header is wrong');
  const count = header.readUInt32LE(80);
  const size = header.readUInt32LE(84);
  const tableAt = Number(header.readBigUInt64LE(72)) * sectorBytes;
  if (size < entryBytes || size % entryBytes !== 0 || count > 1024)
    return notParsed(`${count} GPT entries of ${size} bytes`);
  if (tableAt + count * size > bytes.length)
    return notParsed('the GPT entries lie outside the bytes at hand');
  const table = bytes.subarray(tableAt, tableAt + count * size);
  if (crc32(table) !== header.readUInt32LE(88)) return notParsed('the checksum of the GPT entries is wrong');
  const partitions: GptPartition[] = [];
  for (let i = 0; i < count; i++) {
    const entry = table.subarray(i * size, (i + 1) * size);
    const type = guidText(entry.subarray(0, 16));
    if (type === unused) continue;
    const start = Number(entry.readBigUInt64LE(32));
    const last = Number(entry.readBigUInt64LE(40));
    if (last < start) return notParsed(`GPT entry ${i} ends before it starts`);
    if (last >= beyondDisks)
      return notParsed(`GPT entry ${i} reaches to sector ${last}, where no disk reaches`);
    const name = entry.toString('utf16le', 56, 128).replace(/\0.*$/s, '');
    partitions.push({
      type,
      guid: guidText(entry.subarray(16, 32)),
      start,
      sectors: last - start + 1,
      attributes: entry.readBigUInt64LE(48),
      name,
    });
  }
  const [backupAt = 0, firstUsable = 0, lastUsable = 0] = [32, 40, 48].map((at) =>
    Number(header.readBigUInt64LE(at)),
  );
  const largest = Math.max(backupAt, firstUsable, lastUsable);
  if (largest >= beyondDisks) return notParsed(`the GPT header names sector ${largest}, which no disk has`);
  const diskGuid = guidText(header.subarray(56, 72));
  return parsed({ diskGuid, firstUsable, lastUsable, backupAt, partitions });
}

/**
 * Header and entries of the primary table: sectors 1 to 33. The protective MBR before it is `renderMbr`'s.
 * @throws RangeError for more than 128 partitions or a GUID that is none.
 */
export function renderGpt(gpt: Gpt): Buffer {
  if (gpt.partitions.length > entries) throw new RangeError('the usual GPT has room for 128 partitions');
  const table = Buffer.alloc(entries * entryBytes);
  gpt.partitions.forEach((partition, i) => {
    const at = i * entryBytes;
    guidBytes(partition.type).copy(table, at);
    guidBytes(partition.guid).copy(table, at + 16);
    table.writeBigUInt64LE(BigInt(partition.start), at + 32);
    table.writeBigUInt64LE(BigInt(partition.start + partition.sectors - 1), at + 40);
    table.writeBigUInt64LE(partition.attributes, at + 48);
    table.write(partition.name.slice(0, 36), at + 56, 'utf16le');
  });
  const header = Buffer.alloc(sectorBytes);
  header.write('EFI PART', 0, 'latin1');
  header.writeUInt32LE(0x00010000, 8);
  header.writeUInt32LE(92, 12);
  header.writeBigUInt64LE(1n, 24);
  header.writeBigUInt64LE(BigInt(gpt.backupAt), 32);
  header.writeBigUInt64LE(BigInt(gpt.firstUsable), 40);
  header.writeBigUInt64LE(BigInt(gpt.lastUsable), 48);
  guidBytes(gpt.diskGuid).copy(header, 56);
  header.writeBigUInt64LE(2n, 72);
  header.writeUInt32LE(entries, 80);
  header.writeUInt32LE(entryBytes, 84);
  header.writeUInt32LE(crc32(table), 88);
  header.writeUInt32LE(crc32(header.subarray(0, 92)), 16);
  return Buffer.concat([header, table]);
}

/** GUIDs are stored with their first three groups in little-endian order (UEFI appendix A). */
function guidText(bytes: Uint8Array): string {
  const b = Buffer.from(bytes);
  b.subarray(0, 4).reverse();
  b.subarray(4, 6).reverse();
  b.subarray(6, 8).reverse();
  const hex = b.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function guidBytes(text: string): Buffer {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text))
    throw new RangeError(`${text} is not a GUID`);
  const b = Buffer.from(text.replaceAll('-', ''), 'hex');
  b.subarray(0, 4).reverse();
  b.subarray(4, 6).reverse();
  b.subarray(6, 8).reverse();
  return b;
}
