import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseProcessStat } from '../../formats/process-stat.ts';

test('any process name leaves the fields in place', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 15 }), fc.nat(), (name, startTime) => {
      const numbers = Array.from({ length: 18 }, (_, at) => String(at + 7));
      const stat = `4711 (${name}) S ${numbers.join(' ')} ${startTime} 0 0\n`;
      expect(parseProcessStat(stat)).toEqual({ state: 'S', parent: 7, startTime: String(startTime) });
    }),
  );
  expect(parseProcessStat('')).toBeUndefined();
});
