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

  test.each([
    ['nothing', '\n\n', /empty/],
    ['a digest of another length', 'abcd\n', /line 1/],
    ['an algorithm that does not fit its digest', `SHA512 (x) = ${hex64}`, /line 1/],
    ['an unknown algorithm', `MD5 (x) = ${'ab'.repeat(16)}`, /line 1/],
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
});
