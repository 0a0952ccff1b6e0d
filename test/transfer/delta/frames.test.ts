import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import fc from 'fast-check';
import { dataFrame, frame, instruction } from '../../../transfer/delta/frames.ts';

test('instructions have the form that the receiver reads', () => {
  const hex = (source: Parameters<typeof instruction>[0]): string => instruction(source).toString('hex');
  expect(hex({ type: 'copy', slot: 'd', block: 258, count: 3 })).toBe('43640000010200000003');
  expect(hex({ type: 'zero', count: 7 })).toBe('3000000007');
  expect(hex({ type: 'send', bytes: Buffer.from('ab') })).toBe('4c000000026162');
  expect(frame('E').toString('hex')).toBe('4500000000');
});

test('a data frame holds its instructions, packed only where that is smaller', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300 })), fc.boolean(), async (parts, pack) => {
      const plain = Buffer.concat(parts);
      const bytes = await dataFrame(
        parts.map((part) => Buffer.from(part)),
        pack,
      );
      const [type, length, payload] = [
        bytes.toString('latin1', 0, 1),
        bytes.readUInt32BE(1),
        bytes.subarray(5),
      ];
      expect(payload.length).toBe(length);
      expect((type === 'Z' ? inflateSync(payload) : payload).equals(plain)).toBe(true);
      if (type === 'Z') expect(pack && payload.length < plain.length).toBe(true);
    }),
  );
});
