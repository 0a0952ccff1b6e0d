import { expect, test } from 'vitest';
import { sayUnseen, unseenSince } from '../../components/unseen.ts';

test('a machine that is not seen again keeps the time from which on it was not', () => {
  const first = unseenSince(undefined, Date.UTC(2026, 10, 27, 23, 10, 4));
  expect(first).toBe('2026-11-27T23:10:04.000Z');
  expect(unseenSince(first, Date.UTC(2026, 10, 28))).toBe(first);
  expect(sayUnseen(first)).toBe('unknown (not seen since 2026-11-27 23:10 UTC)');
  expect(sayUnseen(undefined)).toBe('unknown');
});
