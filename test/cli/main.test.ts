import { symlink, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commands } from '../../cli/commands.ts';
import { editDistance, nearestWord } from '../../errors/nearest-name.ts';
import { checkout } from '../../scripts/setup/folders.ts';

async function bootfleet(
  ...args: string[]
): Promise<{ status: number | undefined; stdout: string; stderr: string }> {
  const { exitCode, stdout, stderr } = await execa(join(checkout, 'bin', 'bootfleet'), args, {
    reject: false,
  });
  return { status: exitCode, stdout, stderr };
}

test('an unknown command: status 2, the nearest one, no stack', async () => {
  const { status, stderr } = await bootfleet('statsu');
  expect(status).toBe(2);
  expect(stderr).toContain('did you mean status?');
  expect(stderr).not.toContain('    at ');
});

test('an unknown option: status 2, and with --json the error as JSON', async () => {
  const { status, stdout } = await bootfleet('env', '--jsom', '--json');
  expect(status).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'BF1900', facts: { command: 'env' } } });
});

test('every command has help with a usage line and an example', async () => {
  for (const [name, load] of Object.entries(commands)) {
    const { command } = await load();
    expect(command.summary, name).not.toMatch(/\.$/);
    expect(command.help, name).toMatch(new RegExp(`^Usage: bootfleet ${name}`));
    expect(command.help, name).toContain('Examples:');
  }
});

test('the launcher works through a symbolic link and from anywhere', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bootfleet-link-'));
  try {
    await symlink(join(checkout, 'bin', 'bootfleet'), join(folder, 'bootfleet'));
    const { stdout } = await execa(join(folder, 'bootfleet'), ['--version'], { cwd: '/' });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+$/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('edit distance is a distance', () => {
  const word = fc.string({ maxLength: 8 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b) === 0).toBe(a === b);
      expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
  expect(editDistance('statsu', 'status')).toBe(1);
});

test('the nearest word, or none when nothing is near', () => {
  expect(nearestWord('imgae', ['image', 'img', 'stage'])).toBe('image');
  expect(nearestWord('xyz', ['image', 'stage'])).toBeUndefined();
});
