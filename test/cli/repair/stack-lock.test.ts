import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readLocks } from '../../../cli/repair/locks.ts';
import { refuseWhileLocked, whileLocked } from '../../../cli/repair/stack-lock.ts';

let root: string;
let folder: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'bootfleet-lock-'));
  folder = join(root, 'locks', 'organization', 'bootfleet', 'local');
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

const locked = expect.objectContaining({ code: 'BF2001' }) as Error;

test('the lock is there while the work lasts, in the form that Pulumi reads, and gone behind it', async () => {
  const kept = await whileLocked('local', folder, async () => {
    const [name = ''] = await readdir(folder);
    expect(name).toMatch(/^[0-9a-f-]{36}\.json$/);
    return JSON.parse(await readFile(join(folder, name), 'utf8')) as unknown;
  });
  expect(kept).toMatchObject({ pid: process.pid, hostname: hostname(), username: userInfo().username });
  expect((kept as { timestamp: string }).timestamp).toMatch(/^20.*Z$/);
  expect(await readdir(folder)).toEqual([]);
});

test('it is gone too when the work fails', async () => {
  const failing = whileLocked('local', folder, () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  expect(await readdir(folder)).toEqual([]);
});

test('whoever comes meanwhile is refused, and sees a process that lives', async () => {
  await whileLocked('local', folder, async () => {
    expect((await readLocks(folder)).map(({ process }) => process)).toEqual(['alive']);
    await expect(whileLocked('local', folder, () => Promise.resolve())).rejects.toEqual(locked);
    await expect(refuseWhileLocked('local', folder)).rejects.toEqual(locked);
    expect(await readdir(folder)).toHaveLength(1);
  });
});

test('of many that come at once at most one works at a time', async () => {
  let working = 0;
  const comers = Array.from({ length: 8 }, () =>
    whileLocked('local', folder, async () => {
      working += 1;
      expect(working).toBe(1);
      await readdir(folder);
      working -= 1;
    }),
  );
  const ended = await Promise.allSettled(comers);
  for (const one of ended) if (one.status === 'rejected') expect(one.reason).toEqual(locked);
  expect(await readdir(folder)).toEqual([]);
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s takes the lock away and ends the command', async (signal) => {
  const module = fileURLToPath(new URL('../../../cli/repair/stack-lock.ts', import.meta.url));
  const program = `
    import { whileLocked } from ${JSON.stringify(module)};
    await whileLocked('local', ${JSON.stringify(folder)}, () => {
      console.log('holds');
      return new Promise((resolve) => setTimeout(resolve, 60_000));
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  expect(await readdir(folder)).toHaveLength(1);
  child.kill(signal);
  expect(await ended).toEqual([null, signal]);
  expect(await readdir(folder)).toEqual([]);
});
