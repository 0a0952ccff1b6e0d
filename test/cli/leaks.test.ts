import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { main } from '../../cli/main.ts';
import { fleetFolder, good } from '../stacks/fleet-folder.ts';

const { write } = fleetFolder();
let data: string;
let said = '';
beforeEach(async () => {
  data = await mkdtemp(path.join(tmpdir(), 'bootfleet-leaks-'));
  said = '';
  const keep = (text: string | Uint8Array): boolean => {
    said += String(text);
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(keep);
  vi.spyOn(process.stderr, 'write').mockImplementation(keep);
  vi.stubEnv('BOOTFLEET_DATA', data);
  // No cloud runs there: whoever asks one ends with BF1400.
  vi.stubEnv('BOOTFLEET_HOME', path.join(data, 'home'));
  vi.stubEnv('PULUMI_BACKEND_URL', '');
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await rm(data, { recursive: true });
});

const leaks = async (...more: string[]): Promise<number> =>
  await main(['leaks', ...more, '--file', write(good)]);

const locks = (): string =>
  path.join(data, 'state', '.pulumi', 'locks', 'organization', 'bootfleet', 'local');

describe('leaks --remove', () => {
  test.each(['s3://state', 'https://api.pulumi.com', 'postgres://me:secret@db/state'])(
    'refuses where it cannot hold the lock: %s',
    async (url) => {
      vi.stubEnv('PULUMI_BACKEND_URL', url);
      expect(await leaks('--remove')).toBe(1);
      expect(said).toMatch(/BF2011: /);
      expect(said).not.toContain('secret');
    },
  );

  test.each(['local', 'organization/local', 'organization/bootfleet/local'])(
    'refuses while a command holds the stack, however that is named: %s',
    async (stack) => {
      await mkdir(locks(), { recursive: true });
      const held = { pid: 1, username: 'me', hostname: `not-${hostname()}`, timestamp: '' };
      await writeFile(path.join(locks(), 'up.json'), JSON.stringify(held));
      expect(await leaks(stack, '--remove')).toBe(1);
      expect(said).toMatch(/BF2001: .*locked by me@not-/);
      expect(await readdir(locks())).toEqual(['up.json']);
    },
  );

  test('leaves no lock behind when it cannot look', async () => {
    expect(await leaks('--remove')).toBe(1);
    expect(said).toMatch(/BF1400: /);
    expect(await readdir(locks())).toEqual([]);
  });
});

test('leaks without --remove needs no lock', async () => {
  vi.stubEnv('PULUMI_BACKEND_URL', 's3://state');
  expect(await leaks()).toBe(1);
  expect(said).toMatch(/BF1400: /);
});
