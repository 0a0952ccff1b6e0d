import { expect, test } from 'vitest';
import { ageOf } from '../../../bench/frame/stale.ts';

test.each([
  ['', undefined, 'commit unknown: stale'],
  ['', [], 'commit unknown: stale'],
  ['abc+1234', [], 'commit abc with changes that are in no commit: stale'],
  ['abc', undefined, 'commit abc, which is not in this repository: stale'],
  ['abc', ['a.ts'], 'commit abc: stale, since then a.ts changed'],
  ['abc', ['a.ts', 'b.ts', 'c.ts'], 'commit abc: stale, since then a.ts and 2 more changed'],
])('%j, changed %j: %s', (commit, changed, text) => {
  expect(ageOf(commit, changed)).toEqual({ text, stale: true });
});

test('figures of code that is the same are not stale', () => {
  expect(ageOf('abc', [])).toEqual({ text: 'commit abc', stale: false });
});
