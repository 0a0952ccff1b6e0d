import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMbr, renderMbr, type Mbr } from '../../formats/mbr.ts';

const partition = fc.record({
  type: fc.integer({ min: 1, max: 255 }),
  active: fc.boolean(),
  start: fc.nat(0xffffffff),
  sectors: fc.nat(0xffffffff),
});
const mbr: fc.Arbitrary<Mbr> = fc.record({
  code: fc.uint8Array({ minLength: 440, maxLength: 440 }).map((bytes) => Buffer.from(bytes)),
  signature: fc.nat(0xffffffff),
  partitions: fc.array(partition, { minLength: 4, maxLength: 4 }),
});

describe('master boot record', () => {
  it('is read as it was written', () => {
    fc.assert(fc.property(mbr, (value) => { expect(parseMbr(renderMbr(value))).toEqual({ ok: true, value }); })); // prettier-ignore
  });

  it('refuses any other bytes with a reason', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        const found = parseMbr(bytes);
        if (!found.ok) expect(found.reason).not.toBe('');
        else expect(bytes[510]).toBe(0x55);
      }),
    );
  });

  it('puts an OpenBSD partition where fdisk(8) looks for it', () => {
    const bytes = renderMbr({
      code: Buffer.alloc(0),
      signature: 0,
      partitions: [{ type: 0xa6, active: true, start: 6208, sectors: 100 }],
    });
    expect(bytes.toString('hex', 446, 462)).toBe('80feffffa6feffff4018000064000000');
  });
});
