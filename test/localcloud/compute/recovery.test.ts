import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { SimulatedMachineDriver } from '../../../localcloud/simulated/simulated-machine-driver.ts';
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

it('removes disks that belong to no volume', async () => {
  cloud = await startTestCloud();
  await cloud.daemon.cloud.disks.create('stray', 1000);
  cloud = await cloud.restarted();
  expect(await readdir(join(cloud.home, 'localcloud', 'volumes'))).toEqual([]);
});

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
