import { execa } from 'execa';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createStack } from '../harness/stack.ts';
import { openWorkplace, type CommandResult, type Workplace } from '../harness/workplace.ts';

// What a kill, a full disk or a crash leaves of Pulumi's state, made by hand, before the real CLI. Needs no cloud.
let place: Workplace;
let file: string;
let whole: string;

beforeAll(async () => {
  place = await openWorkplace();
  await createStack(place, 'fleet: repair\n', 'repair');
  file = join(place.folder, 'data/state/.pulumi/stacks/bootfleet/repair.json');
  whole = await readFile(file, 'utf8');
});

afterAll(async () => {
  await place.close();
});

const pulumi = async (...args: string[]): Promise<{ status: number | undefined; stderr: string }> => {
  const { exitCode, stderr } = await execa('pulumi', [...args, '--non-interactive'], {
    env: { ...place.env },
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
  });
  return { status: exitCode, stderr };
};
const exported = async (): Promise<boolean> =>
  (await pulumi('stack', 'export', '--stack', 'repair')).status === 0;
const repair = (...args: string[]): Promise<CommandResult> => place.bootfleet(['repair', 'repair', ...args]);

test('Pulumi writes no notes beside its files, so that a kill can leave none empty', async () => {
  expect(whole).toContain('"version"');
  await expect(readFile(`${file}.attrs`)).rejects.toThrow('ENOENT');
});

test('a state that is whole', async () => {
  const { status, stdout } = await repair();
  expect(stdout).toContain('is whole');
  expect(status).toBe(0);
});

test.each([
  ['empty', ''],
  ['cut short', '{"version":3,"checkpoint":{"st'],
])('a state that is %s: other commands name the remedy, and it is one', async (_, text) => {
  await writeFile(`${file}.bak`, whole);
  await writeFile(file, text);
  const status = await place.bootfleet(['status', 'repair', '--json', '--file', await goodFleet()]);
  expect(status.stdout).toContain('BF2000');
  expect(status.stdout).toContain('bootfleet repair repair');

  const shown = await repair();
  expect(shown.stdout).toContain('Would be restored: repair.json.bak');
  expect(shown.status).toBe(1);
  expect(await readFile(file, 'utf8')).toBe(text);

  const done = await repair('--yes', '--json');
  expect(done.status, done.stderr).toBe(0);
  const report = JSON.parse(done.stdout) as { repaired: boolean; keptAs: string[] };
  expect(report).toMatchObject({ stack: 'repair', repaired: true, restore: { resources: 0 } });
  expect(await readFile(report.keptAs[0] ?? '', 'utf8')).toBe(text);
  expect(await exported()).toBe(true);
});

test('a note that is empty, as other settings of the backend leave it', async () => {
  await writeFile(`${file}.attrs`, '');
  expect((await pulumi('stack', 'export', '--stack', 'repair')).stderr).toContain(
    'failed to load checkpoint: EOF',
  );
  expect((await repair('--yes')).stdout).toContain('The state itself is whole');
  expect(await exported()).toBe(true);
  // What was set aside is no stack of its own.
  expect((await pulumi('stack', 'ls')).status).toBe(0);
});

test('nothing is touched while somebody may hold the lock', async () => {
  const locks = join(place.folder, 'data/state/.pulumi/locks/organization/bootfleet/repair');
  await mkdir(locks, { recursive: true });
  const lock = {
    pid: process.pid,
    username: 'me',
    hostname: `not-${hostname()}`,
    timestamp: '2026-11-21T09:51:56Z',
  };
  await writeFile(join(locks, 'a.json'), JSON.stringify(lock));
  await writeFile(file, '');
  const refused = await repair('--yes', '--json');
  expect(refused.status).toBe(1);
  expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'BF2001' } });
  expect(await readFile(file, 'utf8')).toBe('');
  // Its process is this one here, which is no Pulumi: the number has gone to another program.
  await writeFile(join(locks, 'a.json'), JSON.stringify({ ...lock, hostname: hostname() }));
  expect((await repair('--yes')).stdout).toContain('Was removed: the lock.');
  expect(await exported()).toBe(true);
  expect(await readdir(locks)).toEqual([]);
});

/** A fleet file that loads. */
async function goodFleet(): Promise<string> {
  const path = join(place.folder, 'good.fleet.yaml');
  const key = join(place.folder, 'key');
  await writeFile(key, 'no key', { mode: 0o600 });
  await writeFile(join(place.folder, 'edge.img'), 'no image');
  await writeFile(
    path,
    `fleet: repair
cloud: { scaleway: { zone: fr-par-1, endpoint: local } }
images: { edge: { img: edge.img } }
servers: { edge: { count: 1, type: START1-XS, image: edge, ssh: { user: root, key: key } } }
`,
  );
  return path;
}
