import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseMode, estimateModes, type SendFacts } from '../../../transfer/delta/choose-mode.ts';

const facts: fc.Arbitrary<SendFacts> = fc.record({
  bytes: fc.integer({ min: 1, max: 2 ** 33 }),
  linkRate: fc.integer({ min: 1000, max: 10 ** 10 }),
  readRate: fc.integer({ min: 10 ** 6, max: 10 ** 10 }),
  unpacks: fc.boolean(),
  changedShare: fc.double({ min: 0.001, max: 1, noNaN: true }),
});

describe('the way to send', () => {
  test('is a delta over a slow link, and the whole over a quick one to a slow machine', () => {
    const usual = { bytes: 900e6, unpacks: true, changedShare: 0.12 };
    expect(chooseMode({ ...usual, linkRate: 1e6, readRate: 100e6 })).toBe('delta');
    expect(chooseMode({ ...usual, linkRate: 1e9, readRate: 10e6 })).toBe('full');
    expect(chooseMode({ ...usual, linkRate: 30e6, readRate: 10e6 })).toBe('compressed');
  });

  test('is never compressed for a machine that cannot unpack', () => {
    fc.assert(
      fc.property(facts, (given) => {
        expect(estimateModes(given).some(({ mode }) => mode === 'compressed')).toBe(given.unpacks);
        if (!given.unpacks) expect(chooseMode(given)).not.toBe('compressed');
      }),
    );
  });

  test('takes at most half as long again as the quickest', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const ways = estimateModes(given);
        const chosen = ways.find(({ mode }) => mode === chooseMode(given));
        expect(chosen?.seconds).toBeLessThanOrEqual((ways[0]?.seconds ?? 0) * 1.5);
        expect(ways.map(({ seconds }) => seconds)).toEqual(
          ways.map(({ seconds }) => seconds).toSorted((a, b) => a - b),
        );
      }),
    );
  });

  test('costs no less time over a slower link, and no fewer bytes for more change', () => {
    fc.assert(
      fc.property(facts, fc.double({ min: 1, max: 100, noNaN: true }), (given, times) => {
        const of = (f: SendFacts, mode: string) => estimateModes(f).find((way) => way.mode === mode);
        const slower = { ...given, linkRate: given.linkRate / times };
        for (const { mode, seconds } of estimateModes(given))
          expect(of(slower, mode)?.seconds).toBeGreaterThanOrEqual(seconds * 0.999999);
        const changed = { ...given, changedShare: Math.min(1, given.changedShare * times) };
        expect(of(changed, 'delta')?.wire).toBeGreaterThanOrEqual((of(given, 'delta')?.wire ?? 0) * 0.999999);
      }),
    );
  });
});
