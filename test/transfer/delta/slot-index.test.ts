import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestLength } from '../../../transfer/delta/block-digest.ts';
import { readIndex } from '../../../transfer/delta/slot-index.ts';

/** The answer of the agent's `index`; its form is described in agent/60-slots.pl. */
function answer(
  slots: readonly { letter: string; digests: Buffer; packed: boolean; part: number }[],
): Buffer {
  const bytes: Buffer[] = [];
  const number = (value: number): Buffer => {
    const four = Buffer.alloc(4);
    four.writeUInt32BE(value);
    return four;
  };
  for (const { letter, digests, packed, part } of slots) {
    bytes.push(Buffer.from(`S${letter}`), number(digests.length / digestLength));
    for (let at = 0; at < digests.length; at += part) {
      const plain = digests.subarray(at, at + part);
      const data = packed ? deflateSync(plain) : plain;
      bytes.push(Buffer.from(packed ? 'Z' : 'P'), number(data.length), data);
    }
  }
  return Buffer.concat([...bytes, Buffer.from('E')]);
}

async function* pieces(data: Buffer, size: number): AsyncGenerator<Buffer> {
  await Promise.resolve();
  for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size);
}

const slot = fc.record({
  letter: fc.constantFrom('d', 'e'),
  digests: fc
    .uint8Array({ minLength: 0, maxLength: 200 })
    .map((bytes) => Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % digestLength)))),
  packed: fc.boolean(),
  part: fc.integer({ min: 1, max: 50 }),
});
const size = fc.integer({ min: 1, max: 64 });

describe('the index of a machine', () => {
  test('is read as it was written, in whatever pieces it comes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(slot, { maxLength: 2 }), size, async (slots, step) => {
        const data = answer(slots);
        const found = await readIndex(pieces(data, step));
        expect(found.wire).toBe(data.length);
        expect(found.slots.map(({ letter, digests }) => [letter, digests.toString('hex')])).toEqual(
          slots.map(({ letter, digests }) => [letter, digests.toString('hex')]),
        );
        for (const { digests, first } of found.slots)
          for (const [key, at] of first) {
            expect(digests.readBigUInt64BE(at * digestLength)).toBe(key);
            for (let i = 0; i < at; i += 1) expect(digests.readBigUInt64BE(i * digestLength)).not.toBe(key);
          }
      }),
    );
  });

  test('in which a login shell has printed is refused with that as the likely cause', async () => {
    const data = answer([{ letter: 'e', digests: Buffer.from('12345678'), packed: false, part: 8 }]);
    for (const [before, behind] of [
      ['Welcome\n', ''],
      ['Enjoy\n', ''],
      ['', 'Bye\n'],
    ] as const) {
      const noisy = Buffer.concat([Buffer.from(before), data, Buffer.from(behind)]);
      await expect(readIndex(pieces(noisy, 5))).rejects.toThrow(/login shell/);
    }
  });

  test('that is cut short is refused wherever it was cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(slot, { minLength: 1, maxLength: 2 }), fc.nat(), async (slots, cut) => {
        const data = answer(slots);
        await expect(readIndex(pieces(data.subarray(0, cut % data.length), 16))).rejects.toThrow();
      }),
    );
  });

  test.each([
    ['names too many blocks', Buffer.from('Sd\xff\xff\xff\xff', 'latin1')],
    ['has an unknown part', Buffer.from('X')],
    [
      'has a part that is too long',
      Buffer.concat([Buffer.from('Sd\0\0\0\x01P\0\0\0\x10', 'latin1'), Buffer.alloc(16)]),
    ],
    ['has a damaged part', Buffer.from('Sd\0\0\0\x01Z\0\0\0\x03abc', 'latin1')],
  ])('that %s is refused', async (_what, data) => {
    await expect(readIndex(pieces(data, 64))).rejects.toThrow();
  });
});
