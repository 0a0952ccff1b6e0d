import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byteSize, formatBytes } from '../../../components/rollout/byte-size.ts';

test.each([
  [1, 1], ['1', 1], ['10MB', 10e6], ['1.5 kB', 1500], ['2gb', 2e9], ['3TB', 3e12],
])('%o is %d bytes', (given, bytes) => {
  expect(byteSize(given)).toBe(bytes);
}); // prettier-ignore

test.each(['', '0', '0MB', '-1', '10 MiB', 'much'])('"%s" is refused', (given) => {
  expect(() => byteSize(given)).toThrow(/is not a size; write for instance/);
});

test('what is shown is read as nearly the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e15 }), (bytes) => {
      expect(Math.abs(byteSize(formatBytes(bytes)) / bytes - 1)).toBeLessThanOrEqual(0.05);
    }),
  );
});
