import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Disks } from '../../../localcloud/compute/disks.ts';
import { MachineControl } from '../../../localcloud/compute/machine-control.ts';
import { cloudStatus } from '../../../localcloud/daemon/status.ts';
import { Store } from '../../../localcloud/store/store.ts';
import { SimulatedMachineDriver } from '../../../localcloud/simulated/simulated-machine-driver.ts';
import { Deadline } from '../../../waiting/deadline.ts';
import { poll } from '../../../waiting/poll.ts';
import { startTestCloud, type TestCloud } from '../start-daemon.ts';

let cloud: TestCloud | undefined;
afterEach(async () => {
  await cloud?.close();
  cloud = undefined;
});

/** Never lets an action end. */
const forever = (): Promise<void> => new Promise(() => undefined);

async function newServer(on: TestCloud): Promise<string> {
  const answer = await on.instance('POST', '/servers', {
    name: 'one',
    commercial_type: 'START1-XS',
    volumes: { 0: { size: 1_000_000_000, volume_type: 'l_ssd' } },
  });
  expect(answer.status).toBe(201);
  return (answer.body['server'] as { id: string }).id;
}

it('shows a server stopped whose machine is gone after a restart', async () => {
  cloud = await startTestCloud();
  const id = await newServer(cloud);
  await cloud.instance('POST', `/servers/${id}/action`, { action: 'poweron' });
  await cloud.reached(id, 'running');
  cloud = await cloud.restarted();
  expect(cloud.daemon.cloud.store.get('server', id)?.state).toBe('stopped');
});

it.for([
  ['poweron', 'running'],
  ['terminate', 'gone'],
] as const)('goes on with %s that was cut short', async ([action, end]) => {
  let hold = false;
  const first = await startTestCloud({ pace: () => (hold ? forever() : Promise.resolve()) });
  cloud = first;
  const id = await newServer(first);
  if (action === 'terminate') {
    await first.instance('POST', `/servers/${id}/action`, { action: 'poweron' });
    await first.reached(id, 'running');
  }
  hold = true;
  expect((await first.instance('POST', `/servers/${id}/action`, { action })).status).toBe(202);
  cloud = await first.restarted();
  await cloud.reached(id, end);
  if (end === 'gone') expect(await readdir(join(cloud.home, 'localcloud', 'volumes'))).toEqual([]);
});

it('sets aside disks and machine folders that nobody knows, and says so; deletes neither', async () => {
  cloud = await startTestCloud();
  const id = await newServer(cloud);
  const [volume = ''] = cloud.daemon.cloud.store.list('volume').map((one) => one.id);
  await cloud.daemon.cloud.disks.create('stray', 1000);
  await mkdir(join(cloud.home, 'localcloud', 'machines', 'stray'), { recursive: true });
  await mkdir(join(cloud.home, 'localcloud', 'machines', id));
  cloud = await cloud.restarted();
  expect(await readdir(join(cloud.home, 'localcloud', 'volumes'))).toEqual([`${volume}.raw`]);
  expect(await readdir(join(cloud.home, 'localcloud', 'machines'))).toEqual([id]);
  const { unclaimed } = await cloudStatus(cloud.env);
  expect(unclaimed.map((name) => name.split('/').slice(1).join('/'))).toEqual([
    'machines/stray',
    'volumes/stray.raw',
  ]);
  const first = join(cloud.home, 'localcloud', 'unclaimed', unclaimed[1] ?? '');
  expect((await stat(first)).size).toBe(1000);
});

it('finishes a deletion and a creation of a disk that a kill cut short', async () => {
  cloud = await startTestCloud();
  await newServer(cloud);
  const [volume = ''] = cloud.daemon.cloud.store.list('volume').map((one) => one.id);
  const folder = join(cloud.home, 'localcloud', 'volumes');
  await rename(join(folder, `${volume}.raw`), join(folder, `${volume}.part`));
  await writeFile(join(folder, 'deleted.gone'), 'x');
  await writeFile(join(folder, 'unfinished.part'), 'x');
  cloud = await cloud.restarted();
  expect(await readdir(folder)).toEqual([`${volume}.raw`]);
  expect((await cloudStatus(cloud.env)).unclaimed).toEqual([]);
  expect(cloud.daemon.cloud.store.get('volume', volume)?.status).toBe('available');
});

it.for([
  ['emptied', () => ''],
  ['without its first line', (text: string) => text.slice(text.indexOf('\n') + 1)],
] as const)('a state that was %s is refused, and nothing is touched', async ([, damage]) => {
  cloud = await startTestCloud();
  await newServer(cloud);
  await cloud.daemon.stop();
  const folder = join(cloud.home, 'localcloud');
  const file = join(folder, 'state.jsonl');
  const whole = await readFile(file, 'utf8');
  await writeFile(file, damage(whole));
  const before = await readdir(join(folder, 'volumes'));
  expect(before).toHaveLength(1);
  await expect(cloud.restarted()).rejects.toMatchObject({ code: 'BF1820' });
  expect(await readdir(join(folder, 'volumes'))).toEqual(before);
  expect(await readFile(file, 'utf8')).toBe(damage(whole));
  await writeFile(file, whole);
  cloud = await cloud.restarted();
  expect(cloud.daemon.cloud.store.list('server')).toHaveLength(1);
});

it('machines that run without a record: the start is refused, and they run on', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'control-'));
  const store = Store.open(join(folder, 'state.jsonl'));
  const driver = new LeftMachines();
  const machines = new MachineControl({
    store,
    driver,
    disks: new Disks(folder),
    metadata: { open: () => Promise.resolve(), close: () => Promise.resolve() },
    metadataSocket: () => '',
    reach: () => ({ kind: 'open' }),
    pace: () => Promise.resolve(),
    log: () => undefined,
  });
  await expect(machines.recover('/data')).rejects.toMatchObject({
    code: 'BF1821',
    facts: { machines: 'unknown-1' },
  });
  expect(driver.asked).toEqual(['release']);
  store.close();
  await rm(folder, { recursive: true });
});

/** A driver that finds a machine of an earlier daemon. */
class LeftMachines extends SimulatedMachineDriver {
  readonly asked: string[] = [];

  override adopt(): Promise<readonly string[]> {
    return Promise.resolve(['unknown-1']);
  }

  override cutPower(id: string): Promise<void> {
    this.asked.push(`cut ${id}`);
    return Promise.resolve();
  }

  override forget(id: string): Promise<void> {
    this.asked.push(`forget ${id}`);
    return Promise.resolve();
  }

  override release(): void {
    this.asked.push('release');
  }
}

it('says why a machine did not start, and lets it be tried again', async () => {
  cloud = await startTestCloud();
  const id = await newServer(cloud);
  driverOf(cloud).failNextStart = new Error('BF1833: no memory\n  why: x');
  await cloud.instance('POST', `/servers/${id}/action`, { action: 'poweron' });
  await cloud.daemon.cloud.machines.idle();
  expect(cloud.daemon.cloud.store.get('server', id)).toMatchObject({
    state: 'stopped',
    stateDetail: 'did not start: BF1833: no memory',
  });
  await cloud.instance('POST', `/servers/${id}/action`, { action: 'poweron' });
  await cloud.reached(id, 'running');
});

it('shows what became of a machine that ended by itself', async () => {
  cloud = await startTestCloud();
  const id = await newServer(cloud);
  for (const [reason, state] of [
    ['guest', 'stopped in place'],
    ['crash', 'stopped'],
  ] as const) {
    await cloud.instance('POST', `/servers/${id}/action`, { action: 'poweron' });
    await cloud.reached(id, 'running');
    driverOf(cloud).end(id, reason);
    await cloud.reached(id, state);
  }
});

it('boots from where the boot type says, with the disks of its volumes', async () => {
  cloud = await startTestCloud();
  const id = await newServer(cloud);
  await cloud.instance('PATCH', `/servers/${id}`, { boot_type: 'bootscript' });
  await cloud.instance('POST', `/servers/${id}/action`, { action: 'poweron' });
  await cloud.reached(id, 'running');
  const server = cloud.daemon.cloud.store.get('server', id);
  expect(driverOf(cloud).specOf(id)).toMatchObject({
    bootSource: 'network',
    serverType: 'START1-XS',
    disks: [cloud.daemon.cloud.disks.path(server?.volumes[0]?.volumeId ?? '')],
    ports: [],
  });
});

function driverOf(on: TestCloud): SimulatedMachineDriver {
  const { driver } = on.daemon;
  if (!(driver instanceof SimulatedMachineDriver)) throw new Error('these tests need simulated machines');
  return driver;
}

it('a server that is stored keeps its disks when they do not get their names; the next start gives them', async () => {
  cloud = await startTestCloud();
  const { disks, store } = cloud.daemon.cloud;
  // A folder stands where the second disk belongs.
  const inTheWay: string[] = [];
  const stage = disks.stage.bind(disks);
  disks.stage = async (id, ...more) => {
    await stage(id, ...more);
    if (inTheWay.push(disks.path(id)) === 2) await mkdir(disks.path(id));
  };
  const answer = await cloud.instance('POST', '/servers', {
    name: 'one',
    commercial_type: 'DEV1-M',
    volumes: {
      0: { size: 20_000_000_000, volume_type: 'l_ssd' },
      1: { size: 20_000_000_000, volume_type: 'l_ssd' },
    },
  });
  expect([answer.status, answer.text]).toEqual([500, expect.stringContaining('EISDIR')]);
  expect(store.list('server')).toHaveLength(1);
  await rm(inTheWay[1] ?? '', { recursive: true });
  cloud = await cloud.restarted();
  const names = store.list('volume').map(({ id }) => `${id}.raw`);
  expect((await readdir(disks.folder)).sort()).toEqual(names.sort());
  expect(cloud.daemon.cloud.store.list('volume').map(({ status }) => status)).toEqual([
    'available',
    'available',
  ]);
});

it('a disk whose end cannot be written down ends nothing: the next start does it again', async () => {
  cloud = await startTestCloud();
  const { store } = cloud.daemon.cloud;
  const commit = store.commit.bind(store);
  const failed = new Promise<void>((resolve) => {
    let commits = 0;
    store.commit = (make) => {
      commits += 1;
      if (commits === 1) {
        commit(make);
        return;
      }
      resolve();
      throw new Error('ENOSPC: no space left on device, write');
    };
  });
  const made = await cloud.instance('POST', '/volumes', {
    name: 'data',
    volume_type: 'l_ssd',
    size: 1_000_000_000,
  });
  expect(made.status).toBe(201);
  await failed;
  store.commit = commit;
  cloud = await cloud.restarted();
  const { id } = made.body['volume'] as { id: string };
  const again = cloud.daemon.cloud.store;
  await poll({
    probe: () => Promise.resolve(again.get('volume', id)?.status === 'available' || undefined),
    deadline: Deadline.after(20),
    every: 0.005,
    onTimeout: () => new Error(`the volume is ${again.get('volume', id)?.status ?? 'gone'}`),
  });
});
