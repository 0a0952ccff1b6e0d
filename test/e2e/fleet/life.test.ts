import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CloudApi, cloudApi } from '../harness/cloud-api.ts';
import { fleetText, imageOf } from '../harness/fleet-file.ts';
import { buildImages, builds } from '../harness/images.ts';
import { bootId, dialogues, type ServerOutput } from '../harness/machine.ts';
import { markedProcesses } from '../harness/marked-processes.ts';
import { createStack, type TestStack } from '../harness/stack.ts';
import { openWorkplace, type Workplace } from '../harness/workplace.ts';

// One life of a fleet, from nothing to nothing: the real CLI, real machines of both kinds (BIOS and UEFI), real object
// storage. The tests build on each other.
let place: Workplace;
let api: CloudApi;
let stack: TestStack;

/** What the fleet file says; changed by the tests. */
let wanted = { edges: 1, tag: 'blue', img: builds.first as string, reinstall: '' };

function fleetFile(): string {
  const { edges, tag, img, reinstall } = wanted;
  return fleetText({
    fleet: 'life',
    images: { edge: imageOf(img) },
    groups: {
      edge: { count: edges, tags: [tag] },
      wide: { type: 'DEV1-S', boot: { mode: 'ipxe-console', ...(reinstall !== '' && { reinstall }) } },
    },
  });
}

async function change(part: Partial<typeof wanted>): Promise<void> {
  wanted = { ...wanted, ...part };
  await stack.write(fleetFile());
}

/** Each machine's boot, host key and number of dialogues: equal means that nobody touched it. */
async function touched(): Promise<Readonly<Record<string, unknown>>> {
  const servers = (await stack.outputs())['servers'] as Record<string, ServerOutput>;
  const entries = Object.entries(servers).map(async ([name, server]) => {
    const facts = {
      id: server.id,
      boot: await bootId(place, name, server),
      build: server.installedBuild,
      hostKey: server.hostKey,
      dialogues: await dialogues(place, stack.name, name),
    };
    return [name, facts] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** The kinds and names of what the cloud holds, without ids. The default security group is always there. */
async function held(): Promise<readonly string[]> {
  const kinds = (await api.listing()).map(
    (line) => /^(block volume|security group|[a-z]+)/.exec(line)?.[0] ?? line,
  );
  return kinds.filter((kind) => kind !== 'object');
}

beforeAll(async () => {
  place = await openWorkplace();
  const [endpoints] = await Promise.all([
    place.startCloud(),
    buildImages(place, [{ version: 1 }, { version: 2 }]),
  ]);
  api = cloudApi(place, endpoints);
  stack = await createStack(place, fleetFile());
});

afterAll(async () => {
  await place.close();
});

test('preview tells what up will do, and does nothing', async () => {
  const before = await api.listing();
  const { status, output, changes } = await stack.run('preview');
  expect(output).not.toContain('error');
  expect(status).toBe(0);
  expect(changes['create']).toBeGreaterThan(10);
  expect(Object.keys(changes)).toEqual(['create']);
  expect(await api.listing()).toEqual(before);
  const up = await stack.run('up');
  expect(up.output).not.toContain('error:');
  expect(up.status).toBe(0);
  expect(up.changes).toEqual(changes);
});

test('machines of both kinds run the image, and status says so', async () => {
  const servers = await api.servers();
  expect(
    servers
      .map(({ name, state, state_detail, boot_type }) => ({ name, state, state_detail, boot_type }))
      .toSorted(byName),
  ).toEqual([
    { name: 'edge-1', state: 'running', state_detail: 'booted', boot_type: 'local' },
    { name: 'wide-1', state: 'running', state_detail: 'booted', boot_type: 'local' },
  ]);
  // One security group is the project's own, which is always there.
  const groups = ['security group', 'security group', 'security group'];
  expect((await held()).toSorted()).toEqual(['ip', 'ip', ...groups, 'server', 'server', 'volume', 'volume']);
  const { status, stdout } = await place.bootfleet([
    'status',
    stack.name,
    '--file',
    stack.fleetFile,
    '--json',
  ]);
  const rows = JSON.parse(stdout) as Record<string, string>[];
  for (const row of rows) {
    expect(row).toMatchObject({
      state: 'booted',
      build: builds.first,
      slot: 'd',
      nextSlot: 'd',
      health: 'ok',
    });
    expect(row['address']).toMatch(/^127\.66\./);
  }
  expect(rows.map((row) => row['name'])).toEqual(['edge-1', 'wide-1']);
  expect(status).toBe(0);
});

test('up again: nothing to do, no machine touched', async () => {
  const before = await touched();
  const { changes } = await stack.run('up');
  expect(Object.keys(changes)).toEqual(['same']);
  expect(await touched()).toEqual(before);
});

test('another tag: changed in place, no machine touched', async () => {
  const before = await touched();
  await change({ tag: 'green' });
  const { output, changes } = await stack.run('up');
  expect(output).not.toContain('error:');
  expect(Object.keys(changes).toSorted()).toEqual(['same', 'update']);
  expect((await api.server('edge-1')).tags).toContain('green');
  expect((await api.server('edge-1')).tags).not.toContain('blue');
  expect(await touched()).toEqual(before);
});

test('one more, and one less: the others are not touched', async () => {
  const before = await touched();
  const things = await held();
  await change({ edges: 2 });
  const more = await stack.run('up');
  expect(more.output).not.toContain('error:');
  expect(Object.keys(more.changes).toSorted()).toEqual(['create', 'same']);
  const grown = await touched();
  expect(grown).toMatchObject(before);
  expect(grown['edge-2']).toMatchObject({ build: builds.first, dialogues: ['install', 'boot'] });
  await change({ edges: 1 });
  const less = await stack.run('up');
  expect(Object.keys(less.changes).toSorted()).toEqual(['delete', 'same']);
  expect(await touched()).toEqual(before);
  expect(await held()).toEqual(things);
});

test('powered off by hand: refresh shows it, up corrects it and writes no disk', async () => {
  const before = (await touched()) as Record<string, Facts>;
  await api.power('edge-1', 'poweroff', 'stopped');
  const refresh = await stack.run('refresh');
  expect(refresh.changes['update']).toBeGreaterThan(0);
  const preview = await stack.run('preview');
  expect(preview.output).toContain('edge-1: it is off: it will be powered on, its disk is not written');
  expect(preview.output).not.toContain('LOST');
  const up = await stack.run('up');
  expect(up.output).not.toContain('error:');
  const after = (await touched()) as Record<string, Facts>;
  expect(after['wide-1']).toEqual(before['wide-1']);
  expect(after['edge-1']?.boot).not.toBe(before['edge-1']?.boot);
  // A written disk would have another host key.
  expect(after['edge-1']?.hostKey).toBe(before['edge-1']?.hostKey);
  expect(after['edge-1']?.dialogues.filter((what) => what === 'install')).toHaveLength(1);
  expect((await stack.run('up')).changes).toEqual(up.changes['update'] ? { same: total(up.changes) } : {});
});

test('another .img reinstalls nothing', async () => {
  const before = await touched();
  await change({ img: builds.second });
  const preview = await stack.run('preview');
  expect(preview.output).not.toContain('LOST');
  const up = await stack.run('up');
  expect(up.output).not.toContain('error:');
  expect(await touched()).toEqual(before);
  expect(await api.objects()).toHaveLength(5);
});

test('reinstall: preview warns of the lost data, up writes that one disk only', async () => {
  const before = (await touched()) as Record<string, Facts>;
  await change({ reinstall: 'again' });
  const preview = await stack.run('preview');
  expect(preview.output).toContain('ALL DATA on wide-1 WILL BE LOST');
  expect(preview.output).not.toContain('ALL DATA on edge-1');
  expect(await touched()).toEqual(before);
  const up = await stack.run('up');
  expect(up.output).not.toContain('error:');
  expect(up.changes['update']).toBe(1);
  const after = (await touched()) as Record<string, Facts>;
  expect(after['edge-1']).toEqual(before['edge-1']);
  expect(after['wide-1']?.build).toBe(builds.second);
  expect(after['wide-1']?.hostKey).not.toBe(before['wide-1']?.hostKey);
  expect(Object.keys((await stack.run('up')).changes)).toEqual(['same']);
});

test('leaks finds what the state does not know, and nothing else', async () => {
  const leaks = async (): Promise<{ status: number | undefined; found: { kind: string; id: string }[] }> => {
    const { status, stdout } = await place.bootfleet([
      'leaks',
      stack.name,
      '--file',
      stack.fleetFile,
      '--json',
    ]);
    return { status, found: JSON.parse(stdout) as { kind: string; id: string }[] };
  };
  expect(await leaks()).toEqual({ status: 0, found: [] });
  const made = await api.call('POST', '/instance/v1/zones/fr-par-1/ips', { tags: ['fleet:life'] });
  const { ip } = made.body as { ip: { id: string } };
  const leaking = await leaks();
  expect(leaking.status).toBe(1);
  expect(leaking.found).toMatchObject([{ kind: 'ip', id: ip.id }]);
  await api.call('DELETE', `/instance/v1/zones/fr-par-1/ips/${ip.id}`);
});

test('destroy leaves nothing: no server, disk, address, object or process', async () => {
  const { output, status } = await stack.run('destroy');
  expect(output).not.toContain('error:');
  expect(status).toBe(0);
  expect(await held()).toEqual(['security group']);
  expect(await api.objects()).toEqual([]);
  const machines = (await markedProcesses(place.mark)).filter(({ command }) =>
    command.includes('qemu-system'),
  );
  expect(machines).toEqual([]);
  const leaks = await place.bootfleet(['leaks', stack.name, '--file', stack.fleetFile, '--json']);
  expect({ status: leaks.status, found: JSON.parse(leaks.stdout) as unknown }).toEqual({
    status: 0,
    found: [],
  });
});

interface Facts {
  readonly boot: string;
  readonly build: string;
  readonly hostKey: string;
  readonly dialogues: readonly string[];
}

function byName(one: { name: string }, other: { name: string }): number {
  return one.name < other.name ? -1 : 1;
}

function total(changes: Readonly<Partial<Record<string, number>>>): number {
  return Object.values(changes).reduce<number>((sum, count) => sum + (count ?? 0), 0);
}
