import { expect, test } from 'vitest';
import { meetsGoal } from '../../../bench/frame/goal.ts';

const figure = { name: 'f', value: 50, unit: 'ms', ratio: 1.2, command: 'c' };

test.each([
  ['at most 1.2', true], ['at most 1.19', false], ['below 1.2', false], ['below 1.21', true],
  ['at most 50 ms', true], ['at most 49 ms', false], ['at least 1.2 times faster', true],
  ['at least 3 times faster', false], ['all of 50', true], ['all of 51', false], ['50 of 50', true], ['51 of 51', false],
])('%s: %s', (goal, met) => {
  expect(meetsGoal({ ...figure, goal })).toBe(met);
}); // prettier-ignore

test('a figure without a goal neither meets nor misses one', () => {
  expect(meetsGoal(figure)).toBeUndefined();
});

test.each(['all', 'quick', 'at most 60 s', '50 of 51', ''])(
  '"%s" is a goal that nobody can judge',
  (goal) => {
    expect(() => meetsGoal({ ...figure, goal })).toThrow('nobody can judge');
  },
);

test('a goal of the ratio needs a ratio', () => {
  const { name, value, unit, command } = figure;
  expect(() => meetsGoal({ name, value, unit, command, goal: 'at most 2' })).toThrow('nobody can judge');
});
