import { open } from 'node:fs/promises';
import { beginsZstd } from './zstd-frames.ts';

/** How a file holds an image: as it is, or packed. */
export type ImageFormat = 'raw' | 'gzip' | 'zstd';

/** A format that other tools pack images in, and that is not read here. */
export class ForeignFormat extends Error {
  /** Example: `xz`. */
  readonly format: string;
  /** A command that makes a file that is read. */
  readonly convert: string;

  constructor(format: string, convert: string) {
    super(`it is packed as ${format}`);
    this.format = format;
    this.convert = convert;
  }
}

interface Foreign {
  readonly name: string;
  readonly magic: string;
  /** @param from the file, quoted @param to the file without its suffix, quoted */
  readonly convert: (from: string, to: string) => string;
}

const unpackWith =
  (program: string) =>
  (from: string, to: string): string =>
    `${program} -dc ${from} | zstd -o ${to}.zst`;
const unDisk = (from: string, to: string): string => `qemu-img convert -O raw ${from} ${to}.raw`;

/**
 * What images also come packed in. Sources: the magic numbers of The .xz File Format 1.2.1, bzip2 1.0.8, lzip(1), LZ4
 * Frame Format 1.6.4, 7zFormat.txt, APPNOTE.TXT 4.3.7 (zip), qcow2 specification, Virtual Disk Format 5.0, MS-VHDX 2.2.
 */
const foreign: readonly Foreign[] = [
  { name: 'xz', magic: '\xfd7zXZ\0', convert: unpackWith('xz') },
  { name: 'bzip2', magic: 'BZh', convert: unpackWith('bzip2') },
  { name: 'lzip', magic: 'LZIP', convert: unpackWith('lzip') },
  { name: 'lz4', magic: '\x04\x22\x4d\x18', convert: unpackWith('lz4') },
  { name: '7z', magic: '7z\xbc\xaf\x27\x1c', convert: (from, to) => `7z e -so ${from} | zstd -o ${to}.zst` },
  { name: 'zip', magic: 'PK\x03\x04', convert: (from, to) => `unzip -p ${from} | zstd -o ${to}.zst` },
  { name: 'qcow2', magic: 'QFI\xfb', convert: unDisk },
  { name: 'VMDK', magic: 'KDMV', convert: unDisk },
  { name: 'VHDX', magic: 'vhdxfile', convert: unDisk },
];
/** Bytes that `formatOf` looks at. */
const magicBytes = 8;

/**
 * The format by the file's first bytes, not by its name.
 * Magic numbers: RFC 1952 section 2.3.1 (gzip), RFC 8878 section 3.1 (Zstandard).
 */
export function formatOf(firstBytes: Uint8Array): ImageFormat {
  const [a, b] = firstBytes;
  if (a === 0x1f && b === 0x8b) return 'gzip';
  return beginsZstd(firstBytes) ? 'zstd' : 'raw';
}

/** The foreign format that a file begins like, with the command that converts it. Pure. */
export function foreignFormat(firstBytes: Uint8Array, file: string): ForeignFormat | undefined {
  const text = Buffer.from(firstBytes).toString('latin1');
  const found = foreign.find(({ magic }) => text.startsWith(magic));
  if (found === undefined) return undefined;
  const to = file.replace(/\.(xz|bz2|lz|lz4|7z|zip|qcow2|vmdk|vhdx)$/i, '');
  return new ForeignFormat(found.name, found.convert(quoted(file), quoted(to)));
}

/** Reads the first bytes of a file and says how it is packed. Throws what `open` throws, and ForeignFormat. */
export async function detectFormat(file: string): Promise<ImageFormat> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(magicBytes), 0, magicBytes, 0);
    const first = buffer.subarray(0, bytesRead);
    const other = foreignFormat(first, file);
    if (other) throw other;
    return formatOf(first);
  } finally {
    await handle.close();
  }
}

function quoted(file: string): string {
  return /^[\w./+:@%-]+$/.test(file) ? file : `'${file.replaceAll("'", String.raw`'\''`)}'`;
}
