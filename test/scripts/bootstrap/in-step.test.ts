import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkout } from '../../../scripts/setup/folders.ts';

type Packages = Record<string, { version: string; integrity?: string; optional?: boolean }>;
const wanted: Packages = {
  '': { version: '0.1.0' },
  'node_modules/node': { version: '24.0.0', integrity: 'sha512-n' },
  'node_modules/ws': { version: '8.0.0', integrity: 'sha512-w' },
  'node_modules/only-for-others': { version: '1.0.0', optional: true },
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bootfleet-step-'));
  await mkdir(join(folder, 'node_modules', '.bin'), { recursive: true });
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify({ packages: wanted }));
  await install({});
  await node('v24.0.0');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function install(change: Record<string, Packages[string] | undefined>): Promise<void> {
  const { '': _root, 'node_modules/only-for-others': _optional, ...installed } = wanted;
  const packages = Object.entries({ ...installed, ...change }).filter(([, one]) => one !== undefined);
  const text = JSON.stringify({ packages: Object.fromEntries(packages) });
  await writeFile(join(folder, 'node_modules', '.package-lock.json'), text);
}

const node = (version: string): Promise<void> =>
  writeFile(join(folder, 'node_modules', '.bin', 'node'), `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });

async function inStep(): Promise<string> {
  const script = join(checkout, 'scripts', 'bootstrap', 'in-step.mjs');
  const { exitCode, stdout } = await execa(process.execPath, [script, folder], { reject: false });
  return exitCode === 0 ? 'in step' : stdout;
}

test('in step, without the optional packages of other platforms', async () => {
  expect(await inStep()).toBe('in step');
});

test.each([
  [{ 'node_modules/ws': undefined }, 'node_modules/ws is missing'],
  [
    { 'node_modules/ws': { version: '8.0.1', integrity: 'sha512-w' } },
    'node_modules/ws is of another version',
  ],
  [
    { 'node_modules/ws': { version: '8.0.0', integrity: 'sha512-x' } },
    'node_modules/ws is of another version',
  ],
  [{ 'node_modules/left-over': { version: '1.0.0' } }, 'node_modules/left-over is not in the lock file'],
])('%j', async (change, reason) => {
  await install(change);
  expect(await inStep()).toBe(reason);
});

test('nothing installed, and a Node of another version or none', async () => {
  await node('v20.0.0');
  expect(await inStep()).toBe('node_modules/.bin/node is v20.0.0, not v24.0.0');
  await rm(join(folder, 'node_modules', '.bin', 'node'));
  expect(await inStep()).toBe('node_modules/.bin/node does not run');
  await rm(join(folder, 'node_modules'), { recursive: true });
  expect(await inStep()).toBe('nothing is installed');
});
