import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CutLog, cutsToMake, tally, type LoggedCut } from './cut-log.ts';
import { planCut } from './plan-cut.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bfcuts-'));
  file = path.join(folder, 'results', 'cuts.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

const cut = (number: number, failed = false): LoggedCut => ({
  campaign: 1, cut: number, ...planCut(number, true), from: 'a', wanted: 'b', at: 1, during: 'rebooting', first: '',
  build: 'b', slot: 'e', next: failed ? 'failed' : 'unchanged', seconds: 9,
  ...(failed && { failure: { why: 'no', steps: ['1 a'], console: 'boot>' } }),
}); // prettier-ignore

test('cuts are read as they were appended; failures count as cuts', async () => {
  const log = new CutLog(file);
  expect(await log.read()).toEqual([]);
  const cuts = [cut(1), cut(2, true), cut(3)];
  for (const one of cuts) await log.append(one);
  expect(await log.read()).toEqual(cuts);
  expect(tally(cuts)).toMatchObject({ cuts: 3, survived: 2 });
  await log.clear();
  expect(await log.read()).toEqual([]);
});

test('a line that was torn is dropped, and the next one is not joined to it', async () => {
  const log = new CutLog(file);
  await log.append(cut(1));
  await appendFile(file, '{"cut":2,"se');
  expect(await log.read()).toEqual([cut(1)]);
  await log.append(cut(2));
  expect(await log.read()).toEqual([cut(1), cut(2)]);
  expect((await readFile(file, 'utf8')).endsWith('\n')).toBe(true);
});

test('cuts end in any order, but none is made twice', async () => {
  const log = new CutLog(file);
  for (const number of [2, 1, 4]) await log.append(cut(number));
  const made = await log.read();
  expect(made.map((one) => one.cut)).toEqual([2, 1, 4]);
  expect(cutsToMake(6, made)).toEqual([3, 5, 6]);
  await log.append(cut(2));
  await expect(log.read()).rejects.toThrow(/line 4 is cut 2 again/);
});
