import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseLock, readLocks, type Host } from '../../../cli/repair/locks.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bootfleet-locks-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const host: Host = {
  name: 'laptop',
  program: (pid) => Promise.resolve({ 10: 'pulumi', 11: 'bash' }[pid]),
};

async function lock(name: string, content: object | string): Promise<void> {
  await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
}

const of = (pid: number, hostname = 'laptop'): object => ({
  pid,
  username: 'me',
  hostname,
  timestamp: '2026-11-21T09:51:56Z',
});

test('a lock is held by a Pulumi that lives; by nobody when its process is gone or is another program now', async () => {
  await lock('a.json', of(10));
  await lock('b.json', of(11));
  await lock('c.json', of(12));
  await lock('c.json.attrs', '{}');
  expect((await readLocks(folder, host)).map(({ process }) => process).sort()).toEqual([
    'alive',
    'gone',
    'gone',
  ]);
});

test('what cannot be known counts as unknown', async () => {
  await lock('a.json', of(10, 'another'));
  await lock('b.json', '');
  const found = await readLocks(folder, host);
  expect(found.map(({ process }) => process)).toEqual(['unknown', 'unknown']);
  expect(found.find(({ file }) => file.endsWith('a.json'))?.holder).toBe(
    'me@another, process 10, since 2026-11-21T09:51:56Z',
  );
});

test('no folder, no locks', async () => {
  await mkdir(join(folder, 'empty'));
  expect(await readLocks(join(folder, 'empty'), host)).toEqual([]);
  expect(await readLocks(join(folder, 'none'), host)).toEqual([]);
});

test('this process lives, and is no Pulumi', async () => {
  const { hostname } = await import('node:os');
  await lock('a.json', of(process.pid, hostname()));
  expect((await readLocks(folder))[0]?.process).toBe('gone');
});

test('a lock of any text is read or refused', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const content = parseLock(text);
      if (content !== undefined) expect(Number.isInteger(content.pid)).toBe(true);
    }),
  );
});
