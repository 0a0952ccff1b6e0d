import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pauseAfter } from '../../remote/pause-after.ts';

test('refused logins are spread out, so that sshd does not shut this address out', () => {
  const rests = [1, 2, 3, 4, 5, 20].map((refusals) =>
    pauseAfter({ every: 1000, isSilence: false, refusals }),
  );
  expect(rests).toEqual([1000, 2000, 4000, 5000, 5000, 5000]);
});

test('never shorter than asked for, but for silence, which was waited for', () => {
  fc.assert(
    fc.property(fc.nat(60_000), fc.nat(100), (every, refusals) => {
      expect(pauseAfter({ every, isSilence: false, refusals })).toBeGreaterThanOrEqual(every);
      expect(pauseAfter({ every, isSilence: true, refusals })).toBe(0);
    }),
  );
});
