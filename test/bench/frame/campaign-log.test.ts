import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CampaignLog, missingNumbers, recordOf } from '../../../bench/frame/campaign-log.ts';

interface Trial {
  readonly run: number;
  readonly failure?: string;
}

let folder: string;
let file: string;
let log: CampaignLog<Trial>;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bflog-'));
  file = path.join(folder, 'results', 'trials.jsonl');
  log = new CampaignLog(file, ({ run }) => run);
});
afterEach(() => rm(folder, { recursive: true }));

const trial = (run: number, campaign = 1, commit = 'abc') => ({ campaign, commit, size: 9, run });

test('trials are read as they were appended', async () => {
  expect(await log.read()).toEqual([]);
  const trials = [trial(1), { ...trial(2), failure: 'no' }, trial(3)];
  for (const one of trials) await log.append(one);
  expect(await log.read()).toEqual(trials);
  await log.clear();
  expect(await log.read()).toEqual([]);
});

test('a line that was torn is dropped, and the next one is not joined to it', async () => {
  await log.append(trial(1));
  await appendFile(file, '{"run":2,"se');
  expect(await log.read()).toEqual([trial(1)]);
  await log.append(trial(2));
  expect(await log.read()).toEqual([trial(1), trial(2)]);
  expect((await readFile(file, 'utf8')).endsWith('\n')).toBe(true);
});

test('trials end in any order, but none is made twice in one campaign', async () => {
  for (const number of [2, 1, 4]) await log.append(trial(number));
  await log.append(trial(2, 1, 'def'));
  await log.append(trial(2, 7));
  expect((await log.read()).map(({ run }) => run)).toEqual([2, 1, 4, 2, 2]);
  await log.append(trial(2));
  await expect(log.read()).rejects.toThrow(/line 6 is number 2 again/);
});

test('numbers that are missing', () => {
  expect(missingNumbers(6, [2, 1, 4])).toEqual([3, 5, 6]);
  expect(missingNumbers(1, [1, 2])).toEqual([]);
});

test('another seed or another commit begins a new record', () => {
  const old = { campaign: 5, run: 1 };
  const all = [old, trial(1, 1, 'abc'), trial(2, 1, 'abc'), trial(1, 1, 'def'), trial(1, 2, 'def')];
  const record = (commit: string, seed?: number) => {
    const found = recordOf<Trial>(all, commit, { seed, fresh: 99 });
    return [found.seed, found.made.map((one) => all.indexOf(one as (typeof all)[number]))];
  };
  expect(record('abc', 1)).toEqual([1, [1, 2]]);
  expect(record('def', 1)).toEqual([1, [3]]);
  expect(record('abc', 2)).toEqual([2, []]);
  // Nobody asked for a seed: the last campaign with this code goes on, or a new one begins.
  expect(record('def')).toEqual([2, [4]]);
  expect(record('fed')).toEqual([99, []]);
  // What nobody knows the code of is never gone on with.
  expect(record('', 5)).toEqual([5, []]);
  expect(record('abc', 5)).toEqual([5, []]);
});
