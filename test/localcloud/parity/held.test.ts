import { expect, it } from 'vitest';
import { differing, heldAgainst, matching } from './held.ts';

const [name, { at }] = Object.entries(differing)[0] ?? ['', { at: 0 }];
const held = matching[0] ?? '';

it('a recording that matched must go on matching', () => {
  expect(heldAgainst(held, [])).toBeUndefined();
  expect(heldAgainst(held, [{ at: 7 }])).toContain('differs now from request #7 on');
});

it('an expected difference is one only while it is the first', () => {
  expect(heldAgainst(name, [{ at }, { at: at + 3 }])).toBeUndefined();
  expect(heldAgainst(name, [{ at: at - 1 }, { at }])).toContain(`differs now from request #${at - 1} on`);
  expect(heldAgainst(name, [{ at: at + 1 }])).toContain(`matches now up to #${at + 1}`);
  expect(heldAgainst(name, [])).toContain('move it');
});

it('a recording in neither list is reported only', () => {
  expect(heldAgainst('new.yaml', [{ at: 0 }])).toBeUndefined();
  expect(heldAgainst('new.yaml', [])).toBeUndefined();
});

it('no recording is in both lists', () => {
  expect(matching.filter((one) => Object.hasOwn(differing, one))).toEqual([]);
});
