import { expect, test } from 'vitest';
import { parseWindow, secondsUntilOpen } from '../../../../components/rollout/plan/window.ts';

const at = (text: string): number => Date.parse(`${text}Z`);

test.each([
  // 2026-11-21 is a Saturday.
  ['2026-11-21T02:30:00', ['02:00-04:00'], 0],
  ['2026-11-21T04:00:00', ['02:00-04:00'], 22 * 3600],
  ['2026-11-21T12:00:00', ['Mon-Fri 02:00-04:00'], 38 * 3600],
  ['2026-11-21T23:59:30', ['Sun 00:00-06:00'], 30],
  ['2026-11-22T01:00:00', ['Sat 22:00-02:00 UTC'], 0],
  ['2026-11-22T02:00:00', ['Fri-Sat 22:00-02:00'], (5 * 24 + 20) * 3600],
  ['2026-11-21T12:00:00', [], 0],
])('%s in %j: opens in %i s', (now, windows, expected) => {
  expect(secondsUntilOpen(windows, at(now))).toBe(expected);
});

test.each(['', '25:00-26:00', 'Foo 02:00-04:00', '2-4', 'Mon 02:00'])('refuses "%s"', (text) => {
  expect(() => parseWindow(text)).toThrow(/not a window/);
});
