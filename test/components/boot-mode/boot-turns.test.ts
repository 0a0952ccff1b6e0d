import { expect, test } from 'vitest';
import { bootsAtOnce } from '../../../components/boot-mode/boot-turns.ts';

test.each([
  ['local', undefined, 8],
  ['local', '64', 64],
  ['local', '0', 8],
  ['local', 'many', 8],
  [undefined, '64', Infinity],
  ['https://cloud.example.org', undefined, Infinity],
])('endpoint %s, BOOTFLEET_BOOTS_AT_ONCE=%s, 2 CPUs: %s at once', (endpoint, given, expected) => {
  const ref = endpoint === undefined ? {} : { endpoint };
  expect(bootsAtOnce(ref, { BOOTFLEET_BOOTS_AT_ONCE: given }, 2)).toBe(expected);
});
