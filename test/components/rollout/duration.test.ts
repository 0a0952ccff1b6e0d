import fc from 'fast-check';
import { expect, test } from 'vitest';
import { durationSeconds, formatSeconds } from '../../../components/rollout/duration.ts';

test.each([
  [30, 30], ['30', 30], ['30s', 30], ['5m', 300], ['1h', 3600], ['2d', 172_800], ['1.5m', 90], ['250ms', 0.25], [' 1 h ', 3600],
])('%o is %d seconds', (given, seconds) => {
  expect(durationSeconds(given)).toBe(seconds);
}); // prettier-ignore

test.each(['', 'soon', '-1', '5 minutes', '1h30m', 'NaN', 'Infinity'])('"%s" is refused', (given) => {
  expect(() => durationSeconds(given)).toThrow(/is not a duration; write for instance/);
});

test.each([
  [0, '0s'], [1.24, '1.2s'], [9.94, '9.9s'], [9.96, '10s'], [59.4, '59s'], [59.6, '1m'], [95, '1m 35s'], [3600, '1h'], [3661, '1h 1m'],
])('%d seconds are shown as %s', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
}); // prettier-ignore

test('what is shown is within half of its last unit of what it is', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (seconds) => {
      const parts = formatSeconds(seconds).split(' ');
      const shown = parts.reduce((sum, part) => sum + durationSeconds(part), 0);
      const step = seconds < 9.95 ? 0.1 : seconds < 3599.5 ? 1 : 60;
      expect(Math.abs(shown - seconds)).toBeLessThanOrEqual(step);
    }),
  );
});
