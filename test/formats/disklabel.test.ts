import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dataPartitions, parseDisklabel, renderDisklabel, type Disklabel } from '../../formats/disklabel.ts';

const sector = fc.nat(2 ** 48 - 1);
const letters = Array.from({ length: 16 }, (_, i) => String.fromCharCode(97 + i));
const label: fc.Arbitrary<Disklabel> = fc.record({
  duid: fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString('hex')),
  sectors: sector,
  bounds: fc.record({ start: sector, end: sector }),
  typeName: fc.stringMatching(/^[a-z ]{0,15}$/),
  packName: fc.stringMatching(/^[a-z ]{0,15}$/),
  partitions: fc.subarray(letters).chain((chosen) =>
    fc.tuple(
      ...chosen.map((letter) =>
        fc.record({
          letter: fc.constant(letter),
          start: sector,
          sectors: fc.integer({ min: 1, max: 2 ** 48 - 1 }),
          type: fc.nat(255),
        }),
      ),
    ),
  ),
});

describe('OpenBSD disklabel', () => {
  it('is read as it was written', () => {
    fc.assert(fc.property(label, (value) => { expect(parseDisklabel(renderDisklabel(value))).toEqual({ ok: true, value }); })); // prettier-ignore
  });

  it('notices any single changed byte of its 404, or does not depend on it', () => {
    fc.assert(
      fc.property(label, fc.nat(403), fc.integer({ min: 1, max: 255 }), (value, at, change) => {
        const bytes = renderDisklabel(value);
        bytes.writeUInt8(bytes.readUInt8(at) ^ change, at);
        expect(parseDisklabel(bytes).ok).toBe(false);
      }),
    );
  });

  it('refuses random bytes with a reason, also behind the right magic numbers', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1600 }), fc.boolean(), (random, disguised) => {
        const bytes = Buffer.from(random);
        if (disguised && bytes.length >= 512) {
          bytes.writeUInt32LE(0x82564557, 0);
          bytes.writeUInt32LE(0x82564557, 132);
          bytes.writeUInt32LE(512, 40);
        }
        const found = parseDisklabel(bytes);
        if (!found.ok) expect(found.reason).not.toBe('');
      }),
    );
  });

  it('keeps partition c out of the data', () => {
    const found = dataPartitions({
      duid: '0011223344556677', sectors: 100, bounds: { start: 0, end: 100 }, typeName: '', packName: '',
      partitions: [
        { letter: 'a', start: 10, sectors: 10, type: 7 },
        { letter: 'c', start: 0, sectors: 100, type: 0 },
      ],
    }); // prettier-ignore
    expect(found.map((partition) => partition.letter)).toEqual(['a']);
  });
});
