import { expect, test } from 'vitest';
import { withRun, type Results } from '../../../bench/frame/results.ts';

const run = (machine: string, date: string) => ({ date, machine, versions: '', commit: '', figures: [] });

test('a run takes the place of the earlier one on its machine, and no other', () => {
  const before: Results = { benchmark: 'b', bench: 'b', runs: [run('AMD', '1'), run('Intel', '1')] };
  expect(withRun(before, run('AMD', '2')).runs).toEqual([run('AMD', '2'), run('Intel', '1')]);
  expect(withRun(before, run('ARM', '2')).runs).toEqual([
    run('AMD', '1'),
    run('ARM', '2'),
    run('Intel', '1'),
  ]);
});
