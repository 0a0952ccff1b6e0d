import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { tryLock } from '../../../localcloud/addresses/mutex.ts';
import { cloudFolder, lockName } from '../../../localcloud/daemon/folder.ts';
import type * as logs from '../../../localcloud/daemon/log.ts';
import { runDaemon } from '../../../localcloud/daemon/run.ts';
import { undoAll } from '../../../localcloud/daemon/undo.ts';
import { SimulatedMachineDriver } from '../../../localcloud/simulated/simulated-machine-driver.ts';
import { Store } from '../../../localcloud/store/store.ts';

const broken = vi.hoisted(() => ({ log: false }));
vi.mock('../../../localcloud/daemon/log.ts', async (original) => {
  const real = await original<typeof logs>();
  const openLog = (file: string): ReturnType<typeof real.openLog> => {
    if (broken.log) throw new Error('ENOSPC: the log');
    return real.openLog(file);
  };
  return { ...real, openLog };
});

const options = { port: undefined, machines: 'simulated', storage: false } as const;
let home: string;
let env: Record<string, string>;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'bootfleet-start-'));
  env = { BOOTFLEET_HOME: home, BOOTFLEET_CACHE: join(home, 'cache') };
});
afterEach(async () => {
  broken.log = false;
  vi.restoreAllMocks();
  await rm(home, { recursive: true });
});

async function isFree(): Promise<boolean> {
  const lock = await tryLock(lockName(cloudFolder(env)));
  await lock?.release();
  return lock !== undefined;
}

test('a daemon without a log does not start, and holds no lock', async () => {
  broken.log = true;
  await expect(runDaemon(options, env)).rejects.toThrow('ENOSPC: the log');
  expect(await isFree()).toBe(true);
});

test('a start that fails says why and lets go of the folder, also when something cannot be undone', async () => {
  const open = Store.open.bind(Store);
  vi.spyOn(Store, 'open').mockImplementation((...given) => {
    const store = open(...given);
    store.close();
    store.close = () => {
      throw new Error('EIO: the store');
    };
    store.list = () => {
      throw new Error('EIO: the records');
    };
    return store;
  });
  await expect(runDaemon(options, env)).rejects.toThrow('EIO: the records');
  expect(await isFree()).toBe(true);
});

test('a start that fails once it has found the machines of an earlier daemon lets them run', async () => {
  const { disks, unclaimed } = cloudFolder(env);
  await mkdir(disks, { recursive: true });
  // Belongs to nobody, and there is no room to set it aside.
  await writeFile(join(disks, 'stray.raw'), 'x');
  await writeFile(unclaimed, 'not a folder');
  const stopAll = vi.spyOn(SimulatedMachineDriver.prototype, 'stopAll');
  const release = vi.spyOn(SimulatedMachineDriver.prototype, 'release');
  await expect(runDaemon(options, env)).rejects.toThrow(/ENOTDIR|EEXIST/);
  expect([stopAll.mock.calls.length, release.mock.calls.length]).toEqual([0, 1]);
  expect(await isFree()).toBe(true);
  // The same start with nothing in its way; its stop does end them.
  await rm(unclaimed);
  const daemon = await runDaemon(options, env);
  await daemon.stop();
  expect([stopAll.mock.calls.length, release.mock.calls.length]).toEqual([1, 1]);
});

test('what was done is undone from the last to the first, whatever fails', async () => {
  const done: number[] = [];
  const log: string[] = [];
  const steps = [0, 1, 2, 3].map((number) => () => {
    done.push(number);
    return number % 2 === 1 ? Promise.reject(new Error(`step ${number}`)) : Promise.resolve();
  });
  await expect(undoAll(steps, (line) => log.push(line))).rejects.toThrow('step 3');
  expect(done).toEqual([3, 2, 1, 0]);
  expect(log).toEqual(['could not be undone: step 3', 'could not be undone: step 1']);
});
