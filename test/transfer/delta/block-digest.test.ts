import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blockDigest, isZero } from '../../../transfer/delta/block-digest.ts';

test('a block is zero when every byte is', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat({ max: 64 }), (bytes, zeros) => {
      expect(isZero(bytes)).toBe(bytes.every((byte) => byte === 0));
      expect(isZero(new Uint8Array(zeros))).toBe(true);
    }),
  );
});

test('eight zero bytes stand for zeros, and for nothing else that was found', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), (bytes) => {
      const digest = blockDigest(bytes);
      expect(digest).toHaveLength(8);
      expect(digest.every((byte) => byte === 0)).toBe(bytes.every((byte) => byte === 0));
    }),
  );
});
