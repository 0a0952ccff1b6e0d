import { parseChecksumLine, type Checksum } from './checksum-line.ts';

/** Largest checksum file that is read, in bytes: some hundred lines. */
export const largestChecksumFile = 256 * 1024;

/**
 * Reads a checksum file in any form that resflash or its users make; see `parseChecksumLine` for the forms of a line.
 * Empty lines, comments, lines of other algorithms and what PGP puts around a clear-signed text are passed over. A
 * line of SHA-256 or SHA-512 that is damaged is not: what it was about would go unproven.
 *
 * @throws Error naming the line, for anything else; the caller knows which file it is.
 */
export function parseChecksums(text: string): Checksum[] {
  const found: Checksum[] = [];
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/);
  for (const { line, number } of contentOf(lines)) {
    const read = parseChecksumLine(line);
    if (read === undefined) throw new Error(`line ${number} has no known form`);
    if (read !== 'other') found.push(read);
  }
  if (found.length > 0) return found;
  throw new Error(text.trim() === '' ? 'it is empty' : 'no line of it is a SHA-256 or SHA-512 digest');
}

/**
 * Lines that say something. Of a text clear-signed by PGP those that the signature covers: from the empty line behind
 * its headers to the signature, with the dashes that it puts before lines taken off. Source: RFC 9580, section 7.
 */
function* contentOf(lines: readonly string[]): Generator<{ line: string; number: number }> {
  const begin = lines.indexOf('-----BEGIN PGP SIGNED MESSAGE-----');
  const from = begin < 0 ? 0 : lines.indexOf('', begin) + 1;
  const end = begin < 0 ? -1 : lines.indexOf('-----BEGIN PGP SIGNATURE-----', from);
  for (const [at, text] of lines.slice(from, end < 0 ? lines.length : end).entries()) {
    const line = (begin < 0 ? text : text.replace(/^- /, '')).trim();
    if (line !== '' && !/^(#|;|\/\/)/.test(line)) yield { line, number: from + at + 1 };
  }
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
