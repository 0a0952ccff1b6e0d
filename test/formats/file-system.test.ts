import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fileSystemBytes, parseFileSystem } from '../../formats/file-system.ts';

function ext2(blocks: number, log: number): Buffer {
  const data = Buffer.alloc(fileSystemBytes);
  data.writeUInt32LE(blocks, 1024 + 4);
  data.writeUInt32LE(log, 1024 + 24);
  data.writeUInt16LE(0xef53, 1024 + 56);
  return data;
}

/** Places of the fields: struct fs; compared with what NetBSD's makefs(8) writes. */
function ffs(version: 1 | 2, at: number, fragments: number, fragment: number, bigEndian: boolean): Buffer {
  const data = Buffer.alloc(fileSystemBytes);
  const word = (value: number, offset: number): number =>
    bigEndian ? data.writeUInt32BE(value, at + offset) : data.writeUInt32LE(value, at + offset);
  word(version === 1 ? 0x011954 : 0x19540119, 1372);
  word(fragment, 52);
  if (version === 1) word(fragments, 36);
  else if (bigEndian) data.writeBigUInt64BE(BigInt(fragments), at + 1080);
  else data.writeBigUInt64LE(BigInt(fragments), at + 1080);
  return data;
}

describe('the superblock of a slot', () => {
  test('of ext2 says its length', () => {
    expect(parseFileSystem(ext2(12_288, 2))).toEqual({ type: 'ext2', bytes: 50_331_648 });
  });

  test.each([
    [1, 8192, 'ffs'],
    [2, 8192, 'ffs2'],
    [2, 65_536, 'ffs2'],
  ] as const)('of FFS%s at %s says its length in either byte order', (version, at, type) => {
    for (const bigEndian of [false, true])
      expect(parseFileSystem(ffs(version, at, 452_608, 2048, bigEndian))).toEqual({
        type,
        bytes: 926_941_184,
      });
  });

  test('of anything else is no error and says nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
        expect(parseFileSystem(bytes)).toBeUndefined();
      }),
    );
    expect(parseFileSystem(ext2(10, 40))).toBeUndefined();
    expect(parseFileSystem(ffs(2, 65_536, 10, 3, false))).toBeUndefined();
  });
});
