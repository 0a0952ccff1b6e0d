import { createPublicKey, verify } from 'node:crypto';

/**
 * signify(1) files, read and verified. Format (signify.c of OpenBSD): a line `untrusted comment: ...` of at most 1024
 * bytes, a line of base64, and for embedded signatures (`signify -S -e`) the signed message. The base64 holds
 * `Ed`, an 8-byte key number, and 32 bytes of Ed25519 public key or 64 bytes of signature.
 */

/** A public key of signify. */
export interface SignifyKey {
  readonly keyNumber: string;
  /** 32 bytes, Ed25519. */
  readonly key: Uint8Array;
}

/** A signature of signify, with what follows it in the file. */
export interface SignifySignature {
  readonly keyNumber: string;
  /** 64 bytes, Ed25519. */
  readonly signature: Uint8Array;
  /** The message, for an embedded signature; empty for a detached one. */
  readonly embedded: Uint8Array;
}

/** Largest file taken, in bytes: checksum files with an embedded signature. */
export const largestSignifyFile = 512 * 1024;

const commentHeader = 'untrusted comment: ';
/** DER of SubjectPublicKeyInfo for Ed25519 up to the key itself (RFC 8410 section 4). */
const spkiHeader = Buffer.from('302a300506032b6570032100', 'hex');

/** @throws Error saying what is wrong with the file. */
export function parsePublicKey(file: Uint8Array): SignifyKey {
  const { keyNumber, body } = parseFile(file, 32, 'a public key');
  return { keyNumber, key: body };
}

/** @throws Error saying what is wrong with the file. */
export function parseSignature(file: Uint8Array): SignifySignature {
  const { keyNumber, body, rest } = parseFile(file, 64, 'a signature');
  return { keyNumber, signature: body, embedded: rest };
}

/** True for a file that begins like one of signify's: it may be a checksum file with its signature inside. */
export function looksSigned(file: Uint8Array): boolean {
  return Buffer.from(file.subarray(0, commentHeader.length)).toString('latin1') === commentHeader;
}

/**
 * Checks a signature over a message.
 *
 * @returns `undefined` when it is valid, else why not.
 */
export function refuseSignature(
  message: Uint8Array,
  { keyNumber, signature }: SignifySignature,
  publicKey: SignifyKey,
): string | undefined {
  if (keyNumber !== publicKey.keyNumber)
    return `it was made with key ${keyNumber}, not with ${publicKey.keyNumber}`;
  const key = createPublicKey({
    key: Buffer.concat([spkiHeader, publicKey.key]),
    format: 'der',
    type: 'spki',
  });
  if (verify(null, message, key, signature)) return undefined;
  const unchanged = Buffer.from(Buffer.from(message).toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
  if (verify(null, unchanged, key, signature))
    return 'it is over the same lines that end with LF; something has made CRLF of them since (git on Windows?)';
  return 'the signature does not match the content';
}

function parseFile(
  file: Uint8Array,
  bodyLength: number,
  what: string,
): { keyNumber: string; body: Uint8Array; rest: Uint8Array } {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (!looksSigned(file)) throw new Error('the first line is not an untrusted comment');
  const commentEnd = bytes.indexOf(0x0a);
  if (commentEnd < 0 || commentEnd > commentHeader.length + 1024) throw new Error('the comment has no end');
  const lineEnd = bytes.indexOf(0x0a, commentEnd + 1);
  if (lineEnd < 0) throw new Error('the second line has no end');
  // signify reads the line with b64_pton(3), which passes over white space: also the CR that git adds on Windows.
  const line = bytes.toString('latin1', commentEnd + 1, lineEnd).replaceAll(/[ \t\r\v\f]/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(line)) throw new Error('the second line is not base64');
  const decoded = Buffer.from(line, 'base64');
  if (decoded.toString('latin1', 0, 2) !== 'Ed') throw new Error('its algorithm is not Ed25519');
  if (decoded.length !== 10 + bodyLength) throw new Error(`it is not ${what}`);
  return {
    keyNumber: decoded.toString('hex', 2, 10),
    body: decoded.subarray(10),
    rest: bytes.subarray(lineEnd + 1),
  };
}
