import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { changedSince, measuredCommit } from '../../../bench/frame/commit.ts';
import { benches, measuredBy } from '../../../bench/frame/measured.ts';

const root = path.join(import.meta.dirname, '../../..');
const head = execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();

test('the commit of this checkout, with a mark when it has changes', async () => {
  expect((await measuredCommit()).split('+')[0]).toBe(head);
});

test('what changed since a commit; a commit that is not here tells nothing', async () => {
  expect(await changedSince(head, ['a-folder-that-is-not-there'])).toEqual([]);
  expect(await changedSince('0123456789ab', ['bench'])).toBeUndefined();
  expect(await changedSince('', ['bench'])).toBeUndefined();
});

test.each(benches)('what %s measures is there', (bench) => {
  const paths = measuredBy(bench);
  expect(paths).toContain(`bench/${bench}.ts`);
  // The folder of its own parts is one that not every benchmark has.
  for (const one of paths) expect(existsSync(path.join(root, one)) || one === `bench/${bench}`).toBe(true);
});
