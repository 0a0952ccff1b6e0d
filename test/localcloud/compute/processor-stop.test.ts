import { afterEach, beforeEach, expect, it } from 'vitest';
import { metadataSource } from '../../../localcloud/compute/metadata-source.ts';
import { SimulatedMachineDriver } from '../../../localcloud/simulated/simulated-machine-driver.ts';
import { cloudStatus } from '../../../localcloud/daemon/status.ts';
import { startTestCloud, type TestCloud } from '../start-daemon.ts';

const stop = { status: 'io-error', why: 'a disk of it could not be written: no space is left on the host' };

let cloud: TestCloud;
let driver: SimulatedMachineDriver;
beforeEach(async () => {
  cloud = await startTestCloud();
  if (!(cloud.daemon.driver instanceof SimulatedMachineDriver)) throw new Error('not simulated');
  driver = cloud.daemon.driver;
});
afterEach(async () => {
  await cloud.close();
});

async function newServer(name: string): Promise<string> {
  const answer = await cloud.instance('POST', '/servers', {
    name,
    commercial_type: 'START1-XS',
    volumes: { 0: { size: 1_000_000_000, volume_type: 'l_ssd' } },
  });
  return (answer.body['server'] as { id: string }).id;
}

async function runningServer(): Promise<string> {
  const id = await newServer('edge-1');
  await cloud.instance('POST', `/servers/${id}/action`, { action: 'poweron' });
  await cloud.reached(id, 'running');
  return id;
}

async function shown(id: string): Promise<unknown> {
  const { state, state_detail } = (await cloud.instance('GET', `/servers/${id}`)).body['server'] as Record<
    string,
    string
  >;
  return [state, state_detail];
}

it('a processor that stops is shown by the API and by the status; one that goes on is shown as before', async () => {
  const id = await runningServer();
  await metadataSource(cloud.daemon.cloud).setStateDetail(id, 'booted');
  driver.stopProcessor(id, stop);
  expect(await shown(id)).toEqual(['running', `stopped by its host: ${stop.why}`]);
  expect((await cloudStatus(cloud.env)).daemon?.stopped_by_host).toEqual([
    { id, name: 'edge-1', why: stop.why },
  ]);
  driver.stopProcessor(id, undefined);
  expect(await shown(id)).toEqual(['running', 'booted']);
});

it('its power can be cut and put on again; then nothing is left of the stop', async () => {
  const id = await runningServer();
  driver.stopProcessor(id, stop);
  await cloud.instance('POST', `/servers/${id}/action`, { action: 'reboot' });
  await cloud.reached(id, 'running');
  expect(await shown(id)).toEqual(['running', 'booting kernel']);
});

it('one that stops before its start is over is shown so at the end of it', async () => {
  const id = await newServer('edge-2');
  const start = driver.start.bind(driver);
  driver.start = async (spec) => {
    await start(spec);
    driver.stopProcessor(id, stop);
  };
  await cloud.instance('POST', `/servers/${id}/action`, { action: 'poweron' });
  await cloud.reached(id, 'running');
  expect(await shown(id)).toEqual(['running', `stopped by its host: ${stop.why}`]);
});

it('a guest cannot say it of itself', async () => {
  const id = await runningServer();
  await metadataSource(cloud.daemon.cloud).setStateDetail(id, 'stopped by its host: not true');
  expect(await shown(id)).toEqual(['running', 'booting kernel']);
});
