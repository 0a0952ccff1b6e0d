import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  checksumFileInvalid,
  checksumMismatch,
  fileUncovered,
  imageFileMissing,
  keyWithoutChecksum,
  signatureFileInvalid,
  signatureInvalid,
} from '../../errors/image.ts';
import {
  compareChecksums,
  filesCovered,
  largestChecksumFile,
  parseChecksums,
} from '../../transfer/checksum.ts';
import type { FileDigest } from '../../transfer/digest.ts';
import {
  largestSignifyFile,
  looksSigned,
  parsePublicKey,
  parseSignature,
  refuseSignature,
  type SignifyKey,
} from '../../transfer/signature.ts';

/** A file and its digests. */
export interface DigestedFile {
  readonly file: string;
  readonly digest: FileDigest;
}

/** How far a file was proven: by a checksum that is signed, by a checksum, or by nothing. */
export type Proof = 'signature' | 'checksum' | 'none';

/** What proves the files of an image. */
export interface ProofFiles {
  readonly checksums: readonly string[];
  /** File of the public key that must have signed every checksum file. */
  readonly key?: string | undefined;
  /** Files of the same image that are proven elsewhere: lines about them are passed over. */
  readonly others?: readonly string[] | undefined;
}

/**
 * Proves the files of an image by its checksum files, and those by their signatures.
 *
 * With a checksum file every file must be covered by one: what is proven of one says nothing of another. With a key,
 * every checksum file must be signed: by `<file>.sig` beside it, or by a signature inside it (`signify -S -e`). A
 * checksum file that is about none of the files is refused, for it proves nothing.
 *
 * @returns how far each of the files was proven: all of them equally far.
 * @throws BF1101, BF1106 to BF1109, BF1120 a file that no checksum is about, BF1121 a key without a checksum file.
 */
export async function verifyFiles(
  artifact: string,
  files: readonly DigestedFile[],
  { checksums, key: publicKeyFile, others = [] }: ProofFiles,
): Promise<Proof> {
  if (publicKeyFile !== undefined && checksums.length === 0)
    throw keyWithoutChecksum({ artifact, key: publicKeyFile });
  const key = publicKeyFile === undefined ? undefined : await readPublicKey(artifact, publicKeyFile);
  const covered = new Set<string>();
  for (const checksumFile of checksums) {
    const content = await readSmall(artifact, 'checksum', checksumFile, largestChecksumFile);
    const text = key ? await signedContent(artifact, checksumFile, content, key) : withoutSignature(content);
    for (const file of compare(artifact, files, others, checksumFile, text)) covered.add(file);
  }
  if (checksums.length === 0) return 'none';
  for (const { file } of files)
    if (!covered.has(file)) throw fileUncovered({ artifact, file, checksums: checksums.join(', ') });
  return key ? 'signature' : 'checksum';
}

/** Compares what a checksum file is about. @returns the files that it proves. */
function compare(
  artifact: string,
  files: readonly DigestedFile[],
  others: readonly string[],
  checksumFile: string,
  content: Uint8Array,
): string[] {
  const checked = files.map(({ file, digest }) => ({ ...digest, name: path.basename(file), file }));
  const beside = others.map((file) => path.basename(file));
  const name = path.basename(checksumFile);
  let comparisons;
  let mentioned;
  try {
    const parsed = parseChecksums(Buffer.from(content).toString('utf8'));
    comparisons = compareChecksums(parsed, name, checked, beside);
    mentioned = filesCovered(parsed, name, [...checked.map((one) => one.name), ...beside]);
  } catch (error) {
    throw checksumFileInvalid({ artifact, checksumFile, detail: (error as Error).message }, { cause: error });
  }
  if (mentioned.size === 0) {
    const names = [...checked.map((one) => one.name), ...beside].join(' and ');
    throw checksumFileInvalid({ artifact, checksumFile, detail: `no line of it is about ${names}` });
  }
  return comparisons.map(({ file: compared, algorithm, expected, found, matches }) => {
    const { file } = compared as (typeof checked)[number];
    if (!matches) throw checksumMismatch({ artifact, file, checksumFile, algorithm, expected, found });
    return file;
  });
}

/** The content that the signature covers. */
async function signedContent(
  artifact: string,
  file: string,
  content: Uint8Array,
  key: SignifyKey & { readonly file: string },
): Promise<Uint8Array> {
  const embedded = looksSigned(content);
  const signatureFile = embedded ? file : `${file}.sig`;
  const signatureBytes = embedded
    ? content
    : await readSmall(artifact, 'signature', signatureFile, largestSignifyFile);
  const signature = parsed(artifact, signatureFile, () => parseSignature(signatureBytes));
  const message = embedded ? signature.embedded : content;
  const detail = refuseSignature(message, signature, key);
  if (detail !== undefined) throw signatureInvalid({ artifact, file, key: key.file, detail });
  return message;
}

/** Without a key the signature inside a file cannot be checked, but its checksums can still be read. */
export function withoutSignature(content: Uint8Array): Uint8Array {
  if (!looksSigned(content)) return content;
  const text = Buffer.from(content);
  return text.subarray(text.indexOf(0x0a, text.indexOf(0x0a) + 1) + 1);
}

async function readPublicKey(artifact: string, file: string): Promise<SignifyKey & { file: string }> {
  const bytes = await readSmall(artifact, 'public key', file, largestSignifyFile);
  return { ...parsed(artifact, file, () => parsePublicKey(bytes)), file };
}

function parsed<T>(artifact: string, file: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw signatureFileInvalid({ artifact, file, detail: (error as Error).message }, { cause: error });
  }
}

async function readSmall(artifact: string, what: string, file: string, largest: number): Promise<Uint8Array> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) throw imageFileMissing({ artifact, what: `${what} file`, file });
  if (found.size > largest) {
    throw checksumFileInvalid({
      artifact,
      checksumFile: file,
      detail: `${found.size} bytes are more than ${largest}`,
    });
  }
  return readFile(file);
}
