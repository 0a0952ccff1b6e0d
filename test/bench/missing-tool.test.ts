import { expect, test } from 'vitest';
import { requireTools } from '../../bench/frame/run-bench.ts';
import { execa } from 'execa';
import { checkout } from '../../scripts/setup/folders.ts';

test('a tool that is missing is named, with how to get it', () => {
  expect(() => { requireTools(['rsync'], { PATH: '' }); }).toThrow(
    'BF1941: this benchmark needs rsync, which is not installed: apt-get install rsync',
  );
}); // prettier-ignore

test('without rsync, bench/delta.ts says so at once, without a stack trace', async () => {
  const { exitCode, stdout, stderr } = await execa(process.execPath, ['bench/delta.ts'], {
    cwd: checkout,
    env: { PATH: '/a-folder-that-is-not-there' },
    reject: false,
  });
  expect(exitCode).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^BF1941: this benchmark needs rsync, .*: apt-get install rsync\n/);
  expect(stderr).not.toContain('    at ');
});
