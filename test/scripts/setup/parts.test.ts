import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exportLine } from '../../../cli/env.ts';
import { BootfleetError } from '../../../errors/error.ts';
import { downloadFailed } from '../../../errors/setup.ts';
import { missingPackages } from '../../../scripts/setup/apt/packages.ts';
import { requiredPackages } from '../../../scripts/setup/apt/required.ts';
import { checksumFor } from '../../../scripts/setup/checksum-list.ts';
import { findCommand } from '../../../scripts/setup/find-command.ts';
import { installFolder } from '../../../scripts/setup/install-folder.ts';
import { localPassphrase, pulumiVariables } from '../../../scripts/setup/pulumi/environment.ts';
import { launcher } from '../../../scripts/setup/scaleway-plugin/launcher.ts';
import { toolPath } from '../../../scripts/setup/tool-path.ts';
import { takeFirst } from '../../../scripts/setup/ways.ts';
import { runs } from '../../property-runs.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bootfleet-setup-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function program(path: string): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, '#!/bin/sh\n', { mode: 0o755 });
}

describe('checksumFor', () => {
  const hex = 'a'.repeat(64);
  test.each([
    [`${hex}  tool.tar.gz\n`, hex],
    [`${hex} *tool.tar.gz\r\n`, hex],
    [`${hex.toUpperCase()}  tool.tar.gz`, hex],
    [`${hex}  other-tool.tar.gz\n`, undefined],
    [`${hex}  tool.tar.gz.sig\n`, undefined],
    ['<html>not found</html>', undefined],
    ['', undefined],
  ])('%j', (list, expected) => {
    expect(checksumFor(list, 'tool.tar.gz')).toBe(expected);
  });
});

test('missing packages are judged by their files', () => {
  expect(missingPackages(() => true)).toEqual([]);
  expect(missingPackages(() => false)).toEqual(requiredPackages.map((one) => one.name));
  expect(missingPackages((file) => file !== '/usr/lib/syslinux/memdisk')).toEqual(['syslinux-common']);
});

test('a tool is taken from PATH, else from the cache, and must be executable', async () => {
  const cached = join(folder, 'cache', 'tools', 'versitygw-1.8.0', 'versitygw');
  const env = { PATH: `relative:${join(folder, 'bin')}`, BOOTFLEET_CACHE: join(folder, 'cache') };
  expect(toolPath('versitygw', env)).toBeUndefined();
  await program(cached);
  expect(toolPath('versitygw', env)).toBe(cached);
  await program(join(folder, 'bin', 'versitygw'));
  expect(toolPath('versitygw', env)).toBe(join(folder, 'bin', 'versitygw'));
  expect(findCommand('versitygw', { PATH: 'bin' })).toBeUndefined();
  await chmod(join(folder, 'bin', 'versitygw'), 0o644);
  expect(toolPath('versitygw', env)).toBe(cached);
});

test('a folder is there whole or not at all', async () => {
  const target = join(folder, 'tool');
  const broken = installFolder(target, async (work) => {
    await writeFile(join(work, 'half'), '');
    throw new Error('cut');
  });
  await expect(broken).rejects.toThrow('cut');
  expect(await readdir(folder)).toEqual([]);
  await installFolder(target, (work) => writeFile(join(work, 'old'), ''));
  await installFolder(target, (work) => writeFile(join(work, 'new'), ''));
  expect(await readdir(target)).toEqual(['new']);
  expect(await readdir(folder)).toEqual(['tool']);
});

describe('takeFirst', () => {
  const fails = { done: '', take: () => Promise.reject(downloadFailed({ url: 'u', reason: 'r' })) };
  test('goes on after an error that it knows, and stops at the first that works', async () => {
    const taken: number[] = [];
    const way = (number: number) => ({ done: 'done', take: () => Promise.resolve(void taken.push(number)) });
    await takeFirst('tool', [fails, way(2), way(3)]);
    expect(taken).toEqual([2]);
  });
  test('ends with the last error', async () => {
    await expect(takeFirst('tool', [fails, fails])).rejects.toBeInstanceOf(BootfleetError);
  });
  test('does not hide a bug', async () => {
    const bug = { done: '', take: () => Promise.reject(new TypeError('bug')) };
    await expect(takeFirst('tool', [bug, { done: '', take: () => Promise.resolve() }])).rejects.toThrow(
      'bug',
    );
  });
});

describe('pulumiVariables', () => {
  test('keeps what the user has set', () => {
    const env = {
      PATH: '/usr/bin',
      PULUMI_HOME: '/h',
      PULUMI_BACKEND_URL: 's3://b',
      PULUMI_CONFIG_PASSPHRASE_FILE: '/secret',
    };
    const variables = pulumiVariables('/tools', env);
    expect(variables).toMatchObject({ PULUMI_HOME: '/h', PULUMI_BACKEND_URL: 's3://b' });
    expect(variables).not.toHaveProperty('PULUMI_CONFIG_PASSPHRASE');
  });
  test('an empty passphrase is a passphrase', () => {
    expect(pulumiVariables('/t', { PULUMI_CONFIG_PASSPHRASE: '' })).not.toHaveProperty(
      'PULUMI_CONFIG_PASSPHRASE',
    );
    expect(pulumiVariables('/t', {})).toHaveProperty('PULUMI_CONFIG_PASSPHRASE', localPassphrase);
  });
  test('more operations at once than Pulumi alone would begin, but for a user who says how many', () => {
    expect(pulumiVariables('/t', {})).toHaveProperty('PULUMI_PARALLEL', '64');
    expect(pulumiVariables('/t', { PULUMI_PARALLEL: '4' })).toHaveProperty('PULUMI_PARALLEL', '4');
  });
  test('a heap that is swept less often, but for a user who says how often', () => {
    expect(pulumiVariables('/t', {})).toHaveProperty('GOGC', '400');
    expect(pulumiVariables('/t', { GOGC: 'off' })).toHaveProperty('GOGC', 'off');
  });
  test('done twice it changes nothing', () => {
    const once = pulumiVariables('/tools', { PATH: '/usr/bin', HOME: '/root' });
    expect(pulumiVariables('/tools', { HOME: '/root', ...once })).toEqual({
      ...once,
      PULUMI_CONFIG_PASSPHRASE: undefined,
    });
  });
});

test('a shell reads back exactly what was printed, whatever it is', () => {
  fc.assert(
    fc.property(
      // NUL cannot be in an environment; unpaired surrogates cannot be written.
      fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => !text.includes('\0')),
      (text) => {
        const script = `${exportLine('VALUE', text)}\nprintf %s "$VALUE"`;
        expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(text);
      },
    ),
    { numRuns: runs(30) },
  );
});

test('the launcher starts the checkout that is worked in, else the one it came from', async () => {
  const installed = join(folder, "it's here");
  const other = join(folder, 'other');
  for (const root of [installed, other]) {
    await program(join(root, 'node_modules', '.bin', 'node'));
    await writeFile(join(root, 'node_modules', '.bin', 'node'), '#!/bin/sh\necho "$1"\n');
  }
  const file = join(folder, 'plugin');
  await writeFile(file, launcher(installed), { mode: 0o755 });
  const start = (env: Record<string, string>): string =>
    execFileSync(file, { encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '', ...env } }).trim();
  expect(start({})).toBe(join(installed, 'standin', 'main.ts'));
  expect(start({ BOOTFLEET_CHECKOUT: other })).toBe(join(other, 'standin', 'main.ts'));
});
