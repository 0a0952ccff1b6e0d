import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { unrecordedTag } from '../../../components/fleet/naming.ts';
import { checkout } from '../../../scripts/setup/folders.ts';
import { type CloudApi, cloudApi } from '../harness/cloud-api.ts';
import { fleetText } from '../harness/fleet-file.ts';
import { buildImages, undatedImage } from '../harness/images.ts';
import { createStack, type TestStack } from '../harness/stack.ts';
import { openWorkplace, type Workplace } from '../harness/workplace.ts';

// The cloud makes the thing, and the connection ends before its answer. Pulumi counts the creation as failed.
let place: Workplace;
let api: CloudApi;
let stack: TestStack;
/** Two servers, the second with block storage. */
let fleet: string;

beforeAll(async () => {
  place = await openWorkplace();
  const [endpoints] = await Promise.all([
    place.startCloud({ machines: 'scripted' }),
    buildImages(place, [{ version: 1 }]),
  ]);
  api = cloudApi(place, endpoints);
  fleet = fleetText({
    fleet: 'lost',
    images: { edge: await undatedImage(place) },
    groups: { edge: { count: 2 }, core: { count: 1, type: 'PLAY2-PICO' } },
  });
  stack = await createStack(place, fleet);
});

afterAll(async () => {
  await place.close();
});

beforeEach(async () => {
  await api.clearFaults();
  expect((await stack.run('destroy')).status).toBe(0);
  expect(await ours()).toEqual([]);
});

/** What the cloud has of the fleet; it comes with a security group of its own. */
async function ours(): Promise<readonly string[]> {
  return (await api.listing()).filter((line) => line.includes('fleet:lost'));
}

const kinds = ['server', 'volume', 'block volume', 'ip', 'security group'] as const;

async function leaks(): Promise<unknown> {
  const { stdout } = await place.bootfleet(['leaks', stack.name, '--file', stack.fleetFile, '--json']);
  return JSON.parse(stdout);
}

/** How many there are of each kind; the file wants three servers in two groups. */
async function counts(): Promise<Readonly<Record<string, number>>> {
  const lines = await ours();
  return Object.fromEntries(
    kinds.map((kind) => [kind, lines.filter((line) => line.startsWith(`${kind} `)).length]),
  );
}

async function converges(): Promise<void> {
  const up = await stack.run('up');
  expect(up.status, up.output).toBe(0);
  expect(await leaks()).toEqual([]);
  expect(await counts()).toEqual({ server: 3, volume: 2, 'block volume': 1, ip: 3, 'security group': 2 });
  const listing = await ours();
  expect(listing.filter((line) => line.includes(unrecordedTag))).toEqual([]);
  expect(Object.keys((await stack.run('up')).changes)).toEqual(['same']);
  expect(await ours()).toEqual(listing);
}

describe('the next up finds, by its mark or by its being unused, what was made, and makes nothing twice', () => {
  test.each([
    { what: 'an address', path: '*/ips', times: 1 },
    { what: 'all addresses', path: '*/ips', times: 3 },
    { what: 'a local disk', path: '/instance/*/volumes', times: 1 },
    { what: 'a block disk', path: '/block/*/volumes', times: 1 },
    { what: 'a security group', path: '*/security_groups', times: 1 },
    { what: 'a server', path: '*/servers', times: 1 },
  ])('$what', async ({ path, times }) => {
    await api.fault({ path, method: 'POST', lost: 'after', times });
    const failed = await stack.run('up');
    expect(failed.status, failed.output).not.toBe(0);
    expect(failed.output).toMatch(/BF1403/);
    await api.clearFaults();
    await converges();
  });
});

test('what only failed later is recorded: the mark goes, and nothing is removed', async () => {
  // The address is made, and cannot be looked at afterwards: Pulumi records it.
  await api.fault({ path: '*/ips/*', method: 'GET', status: 403, times: 1 });
  const failed = await stack.run('up');
  expect(failed.status, failed.output).not.toBe(0);
  const marked = (await ours()).filter((line) => line.includes(unrecordedTag));
  expect(marked).toHaveLength(1);
  const [, id = ''] = marked[0]?.split(' ') ?? [];
  expect(await stack.exported()).toContain(id);
  await converges();
  expect((await ours()).filter((line) => line.includes(id))).toHaveLength(1);
});

test('what somebody took out of the state to keep stays, also beside a lost answer of its successor', async () => {
  const first = await stack.run('up');
  expect(first.status, first.output).toBe(0);
  const state = JSON.parse(await stack.exported()) as {
    deployment: { resources: { urn: string; id?: string; type: string }[] };
  };
  const kept = state.deployment.resources.find(
    ({ type, urn }) => type === 'scaleway:instance/volume:Volume' && urn.endsWith('::edge-2'),
  );
  const id = kept?.id?.split('/').at(-1) ?? '';
  expect(id).not.toBe('');
  const removal = ['state', 'delete', kept?.urn ?? '', '--stack', stack.name, '--target-dependents', '--yes'];
  await execa('pulumi', removal, { cwd: checkout, env: place.env, extendEnv: false });
  // Its server and what hangs on that left the state with it; the server is put away by hand, the disk is kept.
  const { id: server } = await api.server('edge-2');
  await api.power('edge-2', 'poweroff', 'stopped');
  await api.call('DELETE', `/instance/v1/zones/fr-par-1/servers/${server}`);

  await api.fault({ path: '/instance/*/volumes', method: 'POST', lost: 'after', times: 1 });
  expect((await stack.run('up')).status).not.toBe(0);
  const up = await stack.run('up');
  expect(up.status, up.output).toBe(0);
  expect(await leaks()).toMatchObject([{ kind: 'volume', id }]);
  expect((await counts())['volume']).toBe(3);
  await api.call('DELETE', `/instance/v1/zones/fr-par-1/volumes/${id}`);
});
