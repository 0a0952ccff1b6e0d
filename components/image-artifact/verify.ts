import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  checksumFileInvalid,
  checksumMismatch,
  imageFileMissing,
  signatureFileInvalid,
  signatureInvalid,
} from '../../errors/image.ts';
import { compareChecksums, largestChecksumFile, parseChecksums } from '../../transfer/checksum.ts';
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

/**
 * Proves the files of an image by its checksum files, and those by their signatures.
 *
 * With a key, every checksum file must be signed: by `<file>.sig` beside it, or by a signature inside it
 * (`signify -S -e`). A checksum file that is about none of the files is refused, for it proves nothing.
 *
 * @throws BF1101, BF1106 to BF1109.
 */
export async function verifyFiles(
  artifact: string,
  files: readonly DigestedFile[],
  checksums: readonly string[],
  publicKeyFile: string | undefined,
): Promise<'signature' | 'checksum' | 'none'> {
  const key = publicKeyFile === undefined ? undefined : await readPublicKey(artifact, publicKeyFile);
  for (const checksumFile of checksums) {
    const content = await readSmall(artifact, 'checksum', checksumFile, largestChecksumFile);
    const text = key ? await signedContent(artifact, checksumFile, content, key) : unsigned(content);
    compare(artifact, files, checksumFile, text);
  }
  if (checksums.length === 0) return 'none';
  return key ? 'signature' : 'checksum';
}

function compare(
  artifact: string,
  files: readonly DigestedFile[],
  checksumFile: string,
  content: Uint8Array,
): void {
  const checked = files.map(({ file, digest }) => ({ ...digest, name: path.basename(file), file }));
  let comparisons;
  try {
    const parsed = parseChecksums(Buffer.from(content).toString('utf8'));
    comparisons = compareChecksums(parsed, path.basename(checksumFile), checked);
  } catch (error) {
    throw checksumFileInvalid({ artifact, checksumFile, detail: (error as Error).message }, { cause: error });
  }
  if (comparisons.length === 0) {
    const names = checked.map(({ name }) => name).join(' and ');
    throw checksumFileInvalid({ artifact, checksumFile, detail: `no line of it is about ${names}` });
  }
  for (const { file, algorithm, expected, found, matches } of comparisons) {
    if (matches) continue;
    throw checksumMismatch({
      artifact,
      file: (file as (typeof checked)[number]).file,
      checksumFile,
      algorithm,
      expected,
      found,
    });
  }
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
function unsigned(content: Uint8Array): Uint8Array {
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
