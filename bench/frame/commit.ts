import { createHash } from 'node:crypto';
import { execa } from 'execa';
import { checkout } from '../../scripts/setup/folders.ts';

/** What a run writes itself: no change of what is measured. */
const written = [':(exclude)bench/results', ':(exclude)docs/benchmarks.md'];

/**
 * Which code this checkout has: a commit (12 hex digits); with changes that are in no commit, `+` and a digest of them
 * behind it; empty where there is no git.
 */
export async function measuredCommit(): Promise<string> {
  const head = await git('rev-parse', '--short=12', 'HEAD');
  if (head === undefined) return '';
  const changes = [
    await git('diff', 'HEAD', '--', '.', ...written),
    await git('ls-files', '--others', '--exclude-standard', '--', '.', ...written),
  ].join('\n');
  if (changes.trim() === '') return head;
  return `${head}+${createHash('sha256').update(changes).digest('hex').slice(0, 8)}`;
}

/**
 * Files below some paths that differ between a commit and this checkout.
 *
 * @returns `undefined` when this repository does not have the commit
 */
export async function changedSince(
  commit: string,
  paths: readonly string[],
): Promise<readonly string[] | undefined> {
  const names = await git('diff', '--name-only', commit, '--', ...paths);
  return names?.split('\n').filter((name) => name !== '');
}

/** What git prints; `undefined` when it fails or is not there. */
async function git(...words: readonly string[]): Promise<string | undefined> {
  const { exitCode, stdout } = await execa('git', words, { cwd: checkout, reject: false });
  return exitCode === 0 ? stdout.trim() : undefined;
}
