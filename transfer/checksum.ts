import path from 'node:path';

/** One line of a checksum file. */
export interface Checksum {
  readonly algorithm: 'SHA256' | 'SHA512';
  /** Base name of the file that it is about; `undefined` where the line holds nothing but the digest. */
  readonly name: string | undefined;
  /** Lower-case hex. */
  readonly hex: string;
}

/** Largest checksum file that is read, in bytes: some hundred lines. */
export const largestChecksumFile = 256 * 1024;

const byLength: Readonly<Record<number, Checksum['algorithm']>> = { 64: 'SHA256', 128: 'SHA512' };

/**
 * Reads a checksum file in any form that resflash or its users make: `SHA512 (name) = hex` (BSD cksum(1), resflash
 * 6.8), bare hex digits (resflash 5.8), `hex  name` (GNU sha512sum(1)). Empty lines are skipped.
 *
 * @throws Error naming the line, for anything else; the caller knows which file it is.
 */
export function parseChecksums(text: string): Checksum[] {
  const found: Checksum[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const checksum = parseLine(line.trim());
    if (!checksum) throw new Error(`line ${index + 1} has no known form`);
    found.push(checksum);
  }
  if (found.length === 0) throw new Error('it is empty');
  return found;
}

function parseLine(line: string): Checksum | undefined {
  const bsd = /^(SHA256|SHA512) \((.+)\) = ([0-9a-f]+)$/i.exec(line);
  const gnu = /^([0-9a-f]+)(?: [ *](.+))?$/i.exec(line);
  const hex = (bsd?.[3] ?? gnu?.[1])?.toLowerCase();
  const algorithm = byLength[hex?.length ?? 0];
  if (hex === undefined || algorithm === undefined) return undefined;
  if (bsd && bsd[1]?.toUpperCase() !== algorithm) return undefined;
  const name = bsd?.[2] ?? gnu?.[2];
  return { algorithm, name: name === undefined ? undefined : path.basename(name), hex };
}

/** One file of an image, as far as checksums are concerned. */
export interface Checked {
  /** Base name. Example: `edge.fs.gz`. */
  readonly name: string;
  readonly sha256: string;
  readonly sha512: string;
  /** Digests of the unpacked content. */
  readonly rawSha256: string;
  readonly rawSha512: string;
}

/** A file and what a checksum file says of it. */
export interface Comparison {
  readonly file: Checked;
  readonly algorithm: Checksum['algorithm'];
  readonly expected: string;
  readonly found: string;
  readonly matches: boolean;
}

/** Which file of some a line is about, and whether it is about the unpacked content of that. */
interface Subject {
  readonly name: string;
  readonly unpacked: boolean;
}

/**
 * A line with a name is about the file of that name, or about the unpacked content of `name.gz` and `name.zst`. A bare
 * digest is about the file after which the checksum file is called (`edge.fs.sha512` is about `edge.fs`), or about the
 * only file there is. Pure.
 */
function subjectOf(checksum: Checksum, checksumName: string, names: readonly string[]): Subject | undefined {
  const called = checksumName.replace(/\.(cksum|sha256|sha512|sha256sum|sha512sum|sum)$/i, '');
  const meant = checksum.name ?? called;
  if (names.includes(meant)) return { name: meant, unpacked: false };
  const packed = names.find((name) => name.replace(/\.(gz|zst)$/, '') === meant);
  if (packed !== undefined) return { name: packed, unpacked: true };
  const [lone, ...more] = names;
  return checksum.name === undefined && lone !== undefined && more.length === 0
    ? { name: lone, unpacked: false }
    : undefined;
}

/**
 * The files, by base name, that the lines of a checksum file are about. Pure.
 *
 * @param checksumName base name of the checksum file.
 * @example filesCovered(parseChecksums('SHA256 (edge.fs) = ...'), 'edge.cksum', ['edge.img', 'edge.fs']) // edge.fs
 */
export function filesCovered(
  checksums: readonly Checksum[],
  checksumName: string,
  names: readonly string[],
): ReadonlySet<string> {
  return new Set(checksums.flatMap((one) => subjectOf(one, checksumName, names)?.name ?? []));
}

/**
 * Compares files with a checksum file; for which line is about which file see `subjectOf`.
 *
 * @param checksumName base name of the checksum file.
 * @param others base names of files that lines may be about as well, and that are not compared.
 * @returns a comparison for each file that a line is about; empty when no line is about any.
 */
export function compareChecksums(
  checksums: readonly Checksum[],
  checksumName: string,
  files: readonly Checked[],
  others: readonly string[] = [],
): Comparison[] {
  const names = [...files.map(({ name }) => name), ...others];
  return checksums.flatMap((checksum) => {
    const subject = subjectOf(checksum, checksumName, names);
    const file = files.find(({ name }) => name === subject?.name);
    if (!file || !subject) return [];
    const whole = checksum.algorithm === 'SHA256' ? file.sha256 : file.sha512;
    const raw = checksum.algorithm === 'SHA256' ? file.rawSha256 : file.rawSha512;
    const found = subject.unpacked ? raw : whole;
    return [
      { file, algorithm: checksum.algorithm, expected: checksum.hex, found, matches: found === checksum.hex },
    ];
  });
}
