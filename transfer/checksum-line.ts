/** One line of a checksum file. */
export interface Checksum {
  readonly algorithm: 'SHA256' | 'SHA512';
  /** Base name of the file that it is about; `undefined` where the line holds nothing but the digest. */
  readonly name: string | undefined;
  /** Lower-case hex. */
  readonly hex: string;
}

/** Names of the two algorithms, as programs write them. */
const algorithms: Readonly<Record<string, Checksum['algorithm']>> = {
  SHA256: 'SHA256',
  'SHA-256': 'SHA256',
  'SHA2-256': 'SHA256',
  SHA512: 'SHA512',
  'SHA-512': 'SHA512',
  'SHA2-512': 'SHA512',
};
const digestBytes = { SHA256: 32, SHA512: 64 } as const;
/** Hex digits of digests that are not compared: MD5, SHA-1 and RIPEMD-160, SHA-224, SHA-384. */
const otherLengths = new Set([32, 40, 56, 96]);

/**
 * Reads one line, without its end and with something in it. Forms:
 *
 * - `SHA512 (name) = hex`: cksum(1) of the BSDs and of GNU (resflash 6.8); with `-b` OpenBSD writes base64;
 * - `SHA256(name)= hex`, `SHA2-256(name)= hex`: openssl-dgst(1), before and since version 3;
 * - `hex  name`, `hex *name`, with blanks or a tab: sha512sum(1) of GNU, `openssl dgst -r`. A line that begins with `\`
 *   has `\\`, `\n` and `\r` in its name for what they stand for;
 * - `hex`: resflash 5.8. The name `-` or `stdin` counts as none.
 *
 * @returns 'other' for a whole line of an algorithm that is not compared; `undefined` for anything else.
 */
export function parseChecksumLine(line: string): Checksum | 'other' | undefined {
  const escaped = line.startsWith('\\');
  const plain = escaped ? line.slice(1) : line;
  const tagged = /^([A-Za-z][A-Za-z0-9/-]*) ?\((.*)\) ?= ?([A-Za-z0-9+/]+={0,2})$/.exec(plain);
  if (tagged) {
    const [, algorithm = '', name = '', digest = ''] = tagged;
    return ofAlgorithm(algorithm.toUpperCase(), nameOf(name, escaped), digest);
  }
  const [, digest = '', name] = /^([0-9A-Fa-f]+)(?:[ \t]+\*?(.+))?$/.exec(plain) ?? [];
  for (const algorithm of ['SHA256', 'SHA512'] as const) {
    if (digest.length !== digestBytes[algorithm] * 2) continue;
    return { algorithm, name: nameOf(name, escaped), hex: digest.toLowerCase() };
  }
  return name !== undefined && otherLengths.has(digest.length) ? 'other' : undefined;
}

function ofAlgorithm(
  written: string,
  name: string | undefined,
  digest: string,
): Checksum | 'other' | undefined {
  const algorithm = algorithms[written];
  if (algorithm === undefined) return 'other';
  const hex = hexOf(digest, digestBytes[algorithm]);
  return hex === undefined ? undefined : { algorithm, name, hex };
}

/** Hex or base64 of so many bytes, as lower-case hex. */
function hexOf(digest: string, bytes: number): string | undefined {
  if (/^[0-9a-f]+$/i.test(digest) && digest.length === bytes * 2) return digest.toLowerCase();
  const decoded = Buffer.from(digest, 'base64');
  return decoded.length === bytes && decoded.toString('base64') === digest
    ? decoded.toString('hex')
    : undefined;
}

/** The base name, whichever system's separators are in it; one that was escaped is of a system with `/`. */
function nameOf(written: string | undefined, escaped: boolean): string | undefined {
  if (written === undefined || written === '-' || written === 'stdin') return undefined;
  if (!escaped) return written.split(/[/\\]/).at(-1);
  const whole = written.replaceAll(
    /\\([\\nr])/g,
    (_, of: string) => ({ '\\': '\\', n: '\n', r: '\r' })[of] ?? of,
  );
  return whole.split('/').at(-1);
}
