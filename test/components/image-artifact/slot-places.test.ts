import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { slotProblem } from '../../../components/image-artifact/slot-places.ts';
import type { DiskLayout } from '../../../formats/disk-layout.ts';
import { applianceLayout } from '../../../guest/appliance/layout.ts';
import { mbrType } from '../../../formats/mbr.ts';

const partition = (letter: string, start: number, sectors: number) => ({ letter, start, sectors, type: 7 });
const slots = ['d', 'e'];

/** A disk as resflash lays it out, with these slots. */
function disk(d: [number, number], e: [number, number]): DiskLayout {
  const efi = { type: mbrType.efi, active: false, start: 8192, sectors: 1024 };
  const openbsd = { type: mbrType.openbsd, active: true, start: 16384, sectors: 100_000 };
  return {
    mbr: { code: Buffer.alloc(0), signature: 0, partitions: [efi, openbsd] },
    disklabel: {
      duid: '0011223344556677',
      sectors: 120_000,
      bounds: { start: 16384, end: 116_384 },
      typeName: '',
      packName: '',
      partitions: [
        partition('a', 16384, 8192),
        partition('c', 0, 120_000),
        partition('d', ...d),
        partition('e', ...e),
        partition('f', 90_000, 10_000),
        partition('i', 8192, 1024),
      ],
    },
    openbsd,
    end: 120_000 * 512,
  };
}

describe('root slots', () => {
  test('beside everything else are fine, whatever is no slot', () => {
    expect(slotProblem(disk([25_000, 20_000], [45_000, 20_000]), slots)).toBeUndefined();
    // Only what an upgrade writes matters: other partitions may share their place.
    expect(slotProblem(disk([0, 20_000], [0, 20_000]), [])).toBeUndefined();
  });

  test('of the Linux stand-in, which is laid out as resflash does it, are fine', () => {
    const { disklabel, mbrPartitions, openbsdStart, sectors } = applianceLayout({ swap: 16 });
    const mbr = { code: Buffer.alloc(0), signature: 0, partitions: mbrPartitions };
    const openbsd = { start: openbsdStart, sectors: sectors - openbsdStart };
    expect(slotProblem({ mbr, disklabel, openbsd, end: sectors * 512 }, slots)).toBeUndefined();
  });

  test.each([
    ['each other', [25_000, 20_000], [44_999, 20_000], /^slot d .* over partition e$/],
    ['the boot record', [0, 8000], [45_000, 20_000], /^slot d .* over the boot record$/],
    ['the disklabel', [25_000, 20_000], [16_385, 1], /^slot e .* over the disklabel$/],
    ['another partition', [25_000, 20_000], [89_999, 2], /over partition f$/],
    ['a partition of the boot record', [25_000, 20_000], [9000, 10], /over partition 0 of the boot record$/],
  ] as const)('over %s are told', (_what, d, e, reason) => {
    expect(slotProblem(disk([...d], [...e]), slots)).toMatch(reason);
  });

  test('never write a sector that is not theirs alone', () => {
    const place = fc.tuple(fc.nat(119_000), fc.integer({ min: 1, max: 30_000 }));
    fc.assert(
      fc.property(place, place, (d, e) => {
        fc.pre(slotProblem(disk(d, e), slots) === undefined);
        const holds = (sector: number): boolean =>
          [d, e].filter(([start, size]) => sector >= start && sector < start + size).length > 0;
        for (const sector of [0, 16_385, 8192, 9215, 16_384, 24_575, 90_000, 99_999])
          expect(holds(sector)).toBe(false);
        expect(d[0] + d[1] <= e[0] || e[0] + e[1] <= d[0]).toBe(true);
      }),
    );
  });
});
