import { afterEach, expect, test } from 'vitest';
import type { CloudEndpoints } from '../../../clouds/scaleway/endpoints.ts';
import { powerStep } from '../../../clouds/scaleway/power.ts';
import { ScalewayCloud } from '../../../clouds/scaleway/scaleway-cloud.ts';
import { Deadline } from '../../../waiting/deadline.ts';
import { type Reply, type Seen, startFakeApi } from './fake-api.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

const ref = { kind: 'scaleway', zone: 'fr-par-1' } as const;
const path = '/instance/v1/zones/fr-par-1/servers/abc';
const server = (more: object) => ({
  json: {
    server: {
      id: 'abc',
      name: 'edge-1',
      state: 'stopped',
      state_detail: '',
      boot_type: 'local',
      tags: ['demo'],
      public_ips: [{ address: '127.66.0.2', family: 'inet' }],
      ...more,
    },
  },
});

async function cloudOf(answer: (seen: Seen) => Reply) {
  const api = await startFakeApi(answer);
  open.push(api);
  const at: CloudEndpoints = {
    local: true,
    api: api.url,
    console: api.url,
    s3: { endpoint: '', endpointFromServers: '', region: 'fr-par' },
    accessKey: 'SCW',
    secretKey: 'secret',
    projectId: 'p',
    zone: 'fr-par-1',
    region: 'fr-par',
    portOffset: 20000,
  };
  return {
    cloud: new ScalewayCloud(ref, at, { attempts: 3, firstDelay: 0.002, log: () => undefined }),
    seen: api.seen,
  };
}

test('observes a server with and without the zone in its id, and one that is gone', async () => {
  const { cloud } = await cloudOf((seen) =>
    seen.path === path ? server({ boot_type: 'bootscript' }) : { status: 404 },
  );
  const expected = {
    id: 'abc',
    name: 'edge-1',
    power: 'off',
    bootSource: 'network',
    stateDetail: '',
    address: { host: '127.66.0.2', portOffset: 20000 },
    tags: ['demo'],
  };
  expect(await cloud.observe('abc')).toEqual(expected);
  expect(await cloud.observe('fr-par-1/abc')).toEqual(expected);
  expect(await cloud.observe('gone')).toBeUndefined();
});

test('powers on through the recorded states; a lost answer to the action is looked up, not sent again', async () => {
  const states = ['stopped', 'starting', 'running'];
  const { cloud, seen } = await cloudOf(({ method }) => {
    if (method === 'POST') {
      states.shift();
      return 'drop';
    }
    const [state] = states;
    if (state === 'starting') states.shift();
    return server({ state });
  });
  await cloud.powerOn('abc', Deadline.after(10));
  expect(seen.filter(({ method }) => method === 'POST').map(({ body }) => body)).toEqual([
    '{"action":"poweron"}',
  ]);
});

test('does nothing when the power is right already; times out with what the cloud said; notices a deletion', async () => {
  const off = await cloudOf(() => server({}));
  await off.cloud.powerOff('abc', Deadline.after(1));
  expect(off.seen.map(({ method }) => method)).toEqual(['GET']);
  const stuck = await cloudOf(() => server({ state: 'starting', state_detail: 'allocating node' }));
  await expect(stuck.cloud.powerOn('abc', Deadline.after(0.1))).rejects.toMatchObject({
    code: 'BF1409',
    facts: { machine: 'edge-1', seen: 'starting, allocating node' },
  });
  const gone = await cloudOf(() => ({ status: 404 }));
  await expect(gone.cloud.powerOff('abc', Deadline.after(1))).rejects.toMatchObject({ code: 'BF1412' });
});

test('a host without room ends the wait at once with its numbers, but only what it says after it was asked', async () => {
  const why = 'server abc was not switched on: it needs 704 MiB of memory, and this host has 310 MiB left';
  const detail = `did not start: BF1843: ${why}`;
  const full = await cloudOf(() => server({ state: 'stopped', state_detail: detail }));
  await expect(full.cloud.powerOn('abc', Deadline.after(20))).rejects.toMatchObject({
    code: 'BF1844',
    facts: { machine: 'edge-1', why },
  });
  expect(full.seen.map(({ method }) => method)).toEqual(['GET', 'POST', 'GET']);
  // Of an earlier time: there is room now.
  let asked = false;
  const room = await cloudOf(({ method }) => {
    asked ||= method === 'POST';
    return server(asked ? { state: 'running' } : { state: 'stopped', state_detail: detail });
  });
  await room.cloud.powerOn('abc', Deadline.after(20));
});

test('a wrong action is refused at once, not repeated until the deadline', async () => {
  const json = { type: 'invalid_arguments', message: 'quota' };
  const { cloud, seen } = await cloudOf(({ method }) =>
    method === 'POST' ? { status: 400, json } : server({}),
  );
  await expect(cloud.powerOn('abc', Deadline.after(5))).rejects.toMatchObject({ code: 'BF1407' });
  expect(seen.length).toBe(2);
});

test('sets the boot source only when it differs', async () => {
  const { cloud, seen } = await cloudOf(() => server({}));
  await cloud.setBootSource('abc', 'disk');
  expect(seen.map(({ method }) => method)).toEqual(['GET']);
  await cloud.setBootSource('abc', 'network');
  expect(seen.at(-1)).toMatchObject({ method: 'PATCH', path, body: '{"boot_type":"bootscript"}' });
});

test('notes are user data: plain text, and an absent one is no error', async () => {
  const { cloud, seen } = await cloudOf(({ method, path: asked }) =>
    method === 'GET' && asked.endsWith('/none') ? { status: 404, text: '' } : { text: '{"phase":"booted"}' },
  );
  expect(await cloud.readNote('abc', 'none')).toBeUndefined();
  expect(await cloud.readNote('abc', 'bootfleet')).toBe('{"phase":"booted"}');
  await cloud.writeNote('abc', 'bootfleet', 'text');
  expect(seen.at(-1)).toMatchObject({ method: 'PATCH', path: `${path}/user_data/bootfleet`, body: 'text' });
});

test('an action is asked for only where the recorded state machine allows it', () => {
  const steps = ['stopped', 'starting', 'running', 'stopping', 'stopped in place', 'locked'].map((state) => [
    powerStep(state, 'running'),
    powerStep(state, 'stopped'),
  ]);
  expect(steps).toEqual([
    ['poweron', 'done'],
    ['wait', 'wait'],
    ['done', 'poweroff'],
    ['wait', 'wait'],
    ['poweron', 'poweroff'],
    ['wait', 'wait'],
  ]);
});
