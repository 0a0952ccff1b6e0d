import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quietTime } from '../../console/quiet-time.ts';

test('a gateway on this machine is waited for a tenth of a second, one far away for half a second', () => {
  expect(quietTime(0.004)).toBe(0.1);
  expect(quietTime(0.05)).toBe(0.5);
});

test('longer than ten answers of the gateway took, never shorter than before for a slower one, never long', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 30, noNaN: true }),
      fc.double({ min: 0, max: 5, noNaN: true }),
      (opening, more) => {
        const quiet = quietTime(opening);
        expect(quiet).toBeGreaterThanOrEqual(Math.min(0.5, opening * 10));
        expect(quiet).toBeLessThanOrEqual(0.5);
        expect(quietTime(opening + more)).toBeGreaterThanOrEqual(quiet);
      },
    ),
  );
});
