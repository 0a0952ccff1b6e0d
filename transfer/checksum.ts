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

/**
 * Compares files with a checksum file. A line with a name is about the file of that name, or about the unpacked
 * content of `name.gz` and `name.zst`. A bare digest is about the file after which the checksum file is called
 * (`edge.fs.sha512` is about `edge.fs`), or about the only file there is.
 *
 * @param checksumName base name of the checksum file.
 * @returns a comparison for each file that a line is about; empty when no line is about any.
 */
export function compareChecksums(
  checksums: readonly Checksum[],
  checksumName: string,
  files: readonly Checked[],
): Comparison[] {
  const called = checksumName.replace(/\.(cksum|sha256|sha512|sha256sum|sha512sum|sum)$/i, '');
  return checksums.flatMap((checksum) => {
    const name = checksum.name ?? called;
    const exact = files.find((file) => file.name === name);
    const unpacked = files.find((file) => file.name.replace(/\.(gz|zst)$/, '') === name);
    const lone = checksum.name === undefined && files.length === 1 ? files[0] : undefined;
    const file = exact ?? unpacked ?? lone;
    if (!file) return [];
    const whole = checksum.algorithm === 'SHA256' ? file.sha256 : file.sha512;
    const raw = checksum.algorithm === 'SHA256' ? file.rawSha256 : file.rawSha512;
    const found = exact === undefined && unpacked !== undefined ? raw : whole;
    return [
      { file, algorithm: checksum.algorithm, expected: checksum.hex, found, matches: found === checksum.hex },
    ];
  });
}
