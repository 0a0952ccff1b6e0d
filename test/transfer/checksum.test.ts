import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareChecksums, parseChecksums, type Checked } from '../../transfer/checksum.ts';

const hex64 = 'ab'.repeat(32);
const hex128 = 'cd'.repeat(64);
const file = (name: string, more: Partial<Checked> = {}): Checked => ({
  name,
  sha256: 'file256',
  sha512: 'file512',
  rawSha256: 'raw256',
  rawSha512: 'raw512',
  ...more,
});

describe('parseChecksums', () => {
  test.each([
    ['BSD, SHA-512', `SHA512 (edge.fs) = ${hex128}\n`, { algorithm: 'SHA512', name: 'edge.fs', hex: hex128 }],
    [
      'BSD, SHA-256, with a folder',
      `SHA256 (out/edge.fs) = ${hex64}`,
      { algorithm: 'SHA256', name: 'edge.fs', hex: hex64 },
    ],
    ['bare', `${hex128.toUpperCase()}\r\n`, { algorithm: 'SHA512', name: undefined, hex: hex128 }],
    ['GNU', `${hex64}  edge.fs\n`, { algorithm: 'SHA256', name: 'edge.fs', hex: hex64 }],
    ['GNU, binary', `${hex64} *edge.fs\n`, { algorithm: 'SHA256', name: 'edge.fs', hex: hex64 }],
    [
      'a name with brackets',
      `SHA256 (a (1).fs) = ${hex64}`,
      { algorithm: 'SHA256', name: 'a (1).fs', hex: hex64 },
    ],
  ])('%s', (_name, text, expected) => {
    expect(parseChecksums(text)).toEqual([expected]);
  });

  const base64 = Buffer.from(hex64, 'hex').toString('base64');
  test.each([
    ['openssl, version 1', `SHA256(edge.fs)= ${hex64}`],
    ['openssl, version 3', `SHA2-256(out/edge.fs)= ${hex64}`],
    ['base64 of OpenBSD', `SHA256 (edge.fs) = ${base64}`],
    ['a tab between', `${hex64}\tedge.fs`],
    ['Windows: a mark of byte order, backslashes, CRLF', `\ufeff${hex64} *out\\edge.fs\r\n`],
    [
      'comments and other algorithms around it',
      `# built\nMD5 (edge.fs) = ${'ab'.repeat(16)}\n${hex64}  edge.fs\n`,
    ],
    ['lower-case tag', `sha256 (edge.fs) = ${hex64.toUpperCase()}`],
    [
      'PGP around it',
      `-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\n- # note\r\nSHA256 (edge.fs) = ${hex64}\r\n-----BEGIN PGP SIGNATURE-----\r\n\r\niQ==\r\n-----END PGP SIGNATURE-----\r\n`,
    ],
  ])('the same line in other clothes: %s', (_name, text) => {
    expect(parseChecksums(text)).toEqual([{ algorithm: 'SHA256', name: 'edge.fs', hex: hex64 }]);
  });

  test('of a text that PGP has signed, only what the signature covers counts', () => {
    const text = `${hex128}  edge.fs\n-----BEGIN PGP SIGNED MESSAGE-----\n\n${hex64}  edge.fs\n-----BEGIN PGP SIGNATURE-----\n`;
    expect(parseChecksums(text).map(({ algorithm }) => algorithm)).toEqual(['SHA256']);
  });

  test('a name that sha256sum has escaped, and the name of standard input', () => {
    expect(parseChecksums(`\\${hex64}  out/a\\\\b\\nc\n${hex64}  -\n`).map(({ name }) => name)).toEqual([
      'a\\b\nc',
      undefined,
    ]);
  });

  test('any text is read or refused with a reason, and every digest found stands in it', () => {
    const word = fc.constantFrom(
      'SHA256',
      'SHA512',
      'MD5',
      ' (',
      ') = ',
      'x',
      hex64,
      hex128,
      base64,
      '\n',
      '\\',
      '- ',
      '*',
    );
    const mixed = fc.array(fc.oneof(word, fc.string({ maxLength: 4 })), { maxLength: 12 });
    fc.assert(
      fc.property(mixed, (words) => {
        const text = words.join('');
        let found: ReturnType<typeof parseChecksums> = [];
        try {
          found = parseChecksums(text);
        } catch (error) {
          expect((error as Error).message).toMatch(/^(it is empty|line \d+ has|no line of it is)/);
        }
        for (const { hex } of found)
          expect(
            text.toLowerCase().includes(hex) || text.includes(Buffer.from(hex, 'hex').toString('base64')),
          ).toBe(true);
      }),
    );
  });

  test.each([
    ['nothing', '\n\n', /empty/],
    ['a digest of another length', 'abcd\n', /line 1/],
    ['an algorithm that does not fit its digest', `SHA512 (x) = ${hex64}`, /line 1/],
    [
      'only digests of other algorithms',
      `MD5 (x) = ${'ab'.repeat(16)}\n${'ab'.repeat(20)}  x\n`,
      /no line of it is/,
    ],
    ['nothing but comments', '# SHA256 of x\n', /no line of it is/],
    ['a digest that was cut, also beside others', `SHA256 (x) = abcd\nSHA512 (x) = ${hex128}\n`, /line 1/],
    ['base64 that is too short', `SHA256 (x) = ${'A'.repeat(40)}`, /line 1/],
    ['a bare digest of an unknown algorithm', 'ab'.repeat(16), /line 1/],
    ['text after good lines', `${hex64}  x\nhello\n`, /line 2/],
  ])('refuses %s', (_name, text, expected) => {
    expect(() => parseChecksums(text)).toThrow(expected);
  });
});

describe('compareChecksums', () => {
  const compare = (text: string, name: string, files: Checked[]): string[] =>
    compareChecksums(parseChecksums(text), name, files).map(
      ({ file: { name: of }, found, matches }) => `${of} ${found} ${matches}`,
    );

  test('a named line is about the file of that name', () => {
    const right = file('edge.fs', { sha512: hex128 });
    expect(compare(`SHA512 (edge.fs) = ${hex128}`, 'SHA512', [file('edge.img'), right])).toEqual([
      `edge.fs ${hex128} true`,
    ]);
  });

  test('or about what is in the packed file of that name', () => {
    const packed = file('edge.fs.gz', { rawSha256: hex64 });
    expect(compare(`${hex64}  edge.fs`, 'x', [packed])).toEqual([`edge.fs.gz ${hex64} true`]);
    expect(compare(`${hex64}  edge.fs.gz`, 'x', [packed])).toEqual(['edge.fs.gz file256 false']);
  });

  test('a bare digest is about the file that the checksum file is called after, or the only one', () => {
    const both = [file('edge.img'), file('edge.fs')];
    expect(compare(hex64, 'edge.fs.sha256', both)).toEqual(['edge.fs file256 false']);
    expect(compare(hex64, 'checksum', [file('edge.img')])).toEqual(['edge.img file256 false']);
    expect(compare(hex64, 'checksum', both)).toEqual([]);
  });

  test('a line about other files is about none of ours', () => {
    expect(compare(`${hex64}  other.fs`, 'x', [file('edge.fs')])).toEqual([]);
  });

  test('several digests of one file are all compared', () => {
    const of = (name: string): string => createHash(name).update('content').digest('hex');
    const right = file('edge.fs', { sha256: of('sha256'), sha512: of('sha512') });
    const text = `MD5 (edge.fs) = ${of('md5')}\nSHA256 (edge.fs) = ${of('sha256')}\nSHA512 (edge.fs) = ${hex128}\n`;
    expect(compare(text, 'SUMS', [right])).toEqual([
      `edge.fs ${of('sha256')} true`,
      `edge.fs ${of('sha512')} false`,
    ]);
  });
});
