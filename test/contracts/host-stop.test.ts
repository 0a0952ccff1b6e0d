import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  findHostStop,
  hostResumeLine,
  hostStopDetail,
  hostStopLine,
  parseHostStopDetail,
} from '../../contracts/host-stop.ts';

const at = '2026-11-27T12:00:00.000Z';

test('what one side writes the other reads: the detail and the line, whatever the cause holds', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (why, before) => {
      const cause = parseHostStopDetail(hostStopDetail(why));
      expect(cause).toBeDefined();
      expect(hostStopDetail(why)).not.toMatch(/[\r\n]/);
      expect(findHostStop(`${before}${hostStopLine(at, why)}`, Date.parse(at))).toBe(cause);
    }),
  );
});

test('a line of before, half a line, and other details do not count', () => {
  expect(findHostStop(hostStopLine(at, 'x'), Date.parse(at) + 1)).toBeUndefined();
  expect(findHostStop(hostStopLine(at, 'x').slice(0, -2), 0)).toBeUndefined();
  expect(findHostStop(hostResumeLine(at), 0)).toBeUndefined();
  expect(parseHostStopDetail('booted')).toBeUndefined();
});

test('beginnings of the line without an end are looked through once each', () => {
  // Looked through to the end of the text, these are billions of steps.
  const shown = 'bootfleet-cloud: stopped by its host at=2026-11-27T09:00:00Z: '.repeat(20_000);
  expect(findHostStop(shown, 0)).toBeUndefined();
  expect(findHostStop(`${shown}full\n`, 0)).toMatch(/full$/);
});
