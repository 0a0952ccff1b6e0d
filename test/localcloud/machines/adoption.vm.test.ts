import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MachineExit, MachineSpec } from '../../../localcloud/machines/machine-driver.ts';
import { machineFiles } from '../../../localcloud/machines/machine-files.ts';
import { identityOf, signalProcess } from '../../../localcloud/machines/process-identity.ts';
import { cacheFolder } from '../../../scripts/setup/folders.ts';
import { openLab, processesNaming, Reader, writeBootSector, type Lab } from './lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab('adopt');
});
afterAll(async () => {
  expect(await lab.close()).toEqual([]);
});

test('a machine outlives its killed owner and is adopted: console, power, exit', async () => {
  const spec = await startedByKilledOwner('adopted');
  const driver = await lab.reopen();
  expect(await driver.adopt()).toEqual(['adopted']);
  expect(await driver.adopt()).toEqual([]);
  expect(driver.isRunning('adopted')).toBe(true);
  const line = new Reader(driver.attachSerial('adopted'));
  // What it said while nobody listened.
  const at = await line.until('disk-boot');
  line.send('w');
  await line.until('w', at);
  expect(line.text.split('disk-boot')).toHaveLength(2);
  const exit = exitOf(driver, 'adopted');
  line.send('q');
  expect(await exit).toEqual({ reason: 'guest', code: undefined, signal: undefined, log: '' });
  await driver.start(spec);
  await driver.cutPower('adopted');
});

test('an adopted machine that is killed from outside is reported as crashed; power cut works on another', async () => {
  await startedByKilledOwner('one');
  await startedByKilledOwner('two');
  const driver = await lab.reopen();
  expect([...(await driver.adopt())].sort()).toEqual(['one', 'two']);
  const crash = exitOf(driver, 'one');
  const { pid } = JSON.parse(await readFile(filesOf('one').record, 'utf8')) as { pid: number };
  process.kill(pid, 'SIGKILL');
  expect(await crash).toMatchObject({ reason: 'crash' });
  const cut = exitOf(driver, 'two');
  await driver.cutPower('two');
  expect(await cut).toMatchObject({ reason: 'cut' });
  expect(await processesNaming(join(lab.folder, 'm'))).toEqual([]);
});

test('a process id that now belongs to somebody else is left alone', async () => {
  const stranger = spawn('sleep', ['60'], { stdio: 'ignore' });
  await once(stranger, 'spawn');
  try {
    const identity = await identityOf(stranger.pid ?? 0);
    // The record of a machine whose process id was given to another process since.
    await writeFile(filesOf('one').record, JSON.stringify({ ...identity, startTime: '1' }));
    await writeFile(filesOf('two').pidFile, `${stranger.pid ?? 0}\n`);
    await writeFile(filesOf('two').record, '');
    const driver = await lab.reopen();
    expect(await driver.adopt()).toEqual([]);
    expect(await signalProcess({ pid: stranger.pid ?? 0, startTime: '1', bootId: 'x' }, 'SIGKILL')).toBe(
      false,
    );
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
  } finally {
    stranger.kill('SIGKILL');
  }
});

test('released machines run on and can be adopted', async () => {
  const spec = await lab.spec('released', { bootSource: 'disk' });
  await writeBootSector(spec.disks[0] ?? '');
  const first = await lab.reopen();
  await first.start(spec);
  first.release();
  expect(first.isRunning('released')).toBe(false);
  const second = await lab.reopen();
  expect(await second.adopt()).toEqual(['released']);
  await new Reader(second.attachSerial('released')).until('disk-boot');
  await second.cutPower('released');
});

function filesOf(id: string): ReturnType<typeof machineFiles> {
  return machineFiles(join(lab.folder, 'm'), id);
}

function exitOf(driver: Awaited<ReturnType<Lab['reopen']>>, wanted: string): Promise<MachineExit> {
  return new Promise((resolve) => {
    driver.onExit((id, how) => {
      if (id === wanted) resolve(how);
    });
  });
}

async function startedByKilledOwner(id: string): Promise<MachineSpec> {
  const spec = await lab.spec(id, { bootSource: 'disk' });
  await writeBootSector(spec.disks[0] ?? '');
  const script = join(import.meta.dirname, 'owner-process.ts');
  const owner = spawn(
    process.execPath,
    [script, JSON.stringify(spec), join(lab.folder, 'm'), cacheFolder()],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  await once(owner.stdout, 'data');
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  return spec;
}
