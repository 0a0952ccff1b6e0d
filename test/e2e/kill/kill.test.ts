import { ListBucketsCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Deadline } from '../../../waiting/deadline.ts';
import { poll } from '../../../waiting/poll.ts';
import { type CloudApi, cloudApi } from '../harness/cloud-api.ts';
import { fleetText } from '../harness/fleet-file.ts';
import { buildImages } from '../harness/images.ts';
import { markedProcesses } from '../harness/marked-processes.ts';
import { killTree } from '../harness/process-tree.ts';
import { createStack, type RunningPulumi, type TestStack } from '../harness/stack.ts';
import { openWorkplace, type Workplace } from '../harness/workplace.ts';

// `pulumi up`, with its language host and its providers, killed at one moment after the other; each next one has to
// get past what the one before left. Moments are recognised by what happens, never by time.
let place: Workplace;
let api: CloudApi;
let stack: TestStack;

const fleetFile = (machines: number): string =>
  fleetText({ fleet: 'kill', groups: { edge: { count: machines } } });

beforeAll(async () => {
  place = await openWorkplace();
  const [endpoints] = await Promise.all([place.startCloud(), buildImages(place, [{ version: 1 }])]);
  api = cloudApi(place, endpoints);
  stack = await createStack(place, fleetFile(1));
});

afterAll(async () => {
  await place.close();
});

/** Runs `pulumi up` until the moment has come, and kills all of it. The lock that it leaves is removed. */
async function killedAt(moment: () => Promise<boolean>): Promise<void> {
  const up = stack.start('up');
  await come(up, moment);
  await killTree(up.pid);
  await up.done;
  await stack.repair();
}

/** Waits for a moment of a `pulumi up` that has to come before its end. */
async function come(up: RunningPulumi, moment: () => Promise<boolean>): Promise<void> {
  let ended = false;
  void up.done.then(() => (ended = true));
  await poll({
    probe: async () => {
      if (await moment()) return true;
      if (ended) throw new Error(`pulumi up ended before the moment came:\n${up.output()}`);
      return undefined;
    },
    deadline: Deadline.after(180),
    every: 0.02,
    onTimeout: () => new Error(`the moment did not come:\n${up.output()}`),
  });
}

/** Whether a console dialogue of a machine that begins from now on has said something. */
async function dialogueSays(
  machine: string,
  kind: 'install' | 'boot',
  pattern: RegExp,
): Promise<() => Promise<boolean>> {
  const before = new Set(await transcripts(machine));
  return async () => {
    const files = (await transcripts(machine)).filter(
      (file) => !before.has(file) && file.endsWith(`-${kind}.cast`),
    );
    const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    return texts.some((text) => pattern.test(text));
  };
}

/** Files of the console dialogues that a machine has had. */
async function transcripts(machine: string): Promise<string[]> {
  const folder = join(place.folder, 'data', 'stacks', stack.name, 'transcripts', machine);
  return (await readdir(folder).catch(() => [])).map((file) => join(folder, file));
}

/** Ids of everything but objects, to see what was made again. */
async function ids(): Promise<readonly string[]> {
  return (await api.listing()).filter((line) => !line.startsWith('object'));
}

test('during the upload', async () => {
  const client = api.storage();
  await killedAt(async () => {
    const [bucket] = (await api.objects()).map((key) => key.split('/')[0]);
    if (bucket === undefined) return false;
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    return Uploads.length > 0;
  });
  client.destroy();
  // Nothing half of it can be seen.
  expect((await api.objects()).filter((key) => key.includes('/images/'))).toEqual([]);
});

test('a destroy after it ends the upload, and no bucket is left', async () => {
  expect((await stack.run('destroy')).status).toBe(0);
  const client = api.storage();
  expect((await client.send(new ListBucketsCommand({}))).Buckets ?? []).toEqual([]);
  client.destroy();
});

test('a lock is left, and Pulumi says how to remove it', async () => {
  const up = stack.start('up');
  await up.until(/Updating/);
  await killTree(up.pid);
  await up.done;
  const next = await stack.run('up');
  expect(next.status).not.toBe(0);
  expect(next.output).toContain('pulumi cancel');
  await stack.repair();
});

test('at power-on', async () => {
  await api.call('PUT', '/bootfleet/v1/phases', { provisioning: 5 });
  await killedAt(async () => (await api.servers()).some(({ state }) => state === 'starting'));
  await api.call('PUT', '/bootfleet/v1/phases', {});
  const servers = await api.servers();
  expect(servers).toHaveLength(1);
  expect(await api.note(servers[0]?.id ?? '')).toMatchObject({ phase: 'flashing' });
});

test('while typing', async () => {
  const before = await ids();
  await killedAt(await dialogueSays('edge-1', 'install', /iPXE>/));
  expect((await ids()).map(nameless)).toEqual(before.map(nameless));
});

test('while writing the disk', async () => {
  await killedAt(await dialogueSays('edge-1', 'install', /bootfleet-writer: progress phase=write/));
  expect(await api.note((await api.server('edge-1')).id)).toMatchObject({ phase: 'flashing' });
});

test('during the first boot', async () => {
  await killedAt(await dialogueSays('edge-1', 'boot', /boot>|Linux/));
  expect(await api.note((await api.server('edge-1')).id)).toMatchObject({ phase: 'flashed' });
});

test('the next one ends with the right fleet', async () => {
  const { id } = await api.server('edge-1');
  const installs = async (): Promise<string[]> =>
    (await transcripts('edge-1')).filter((file) => file.endsWith('-install.cast'));
  const before = await installs();
  const up = await stack.run('up');
  expect(up.output).not.toContain('error:');
  expect(up.status).toBe(0);
  expect((await api.server('edge-1')).id).toBe(id);
  // What was whole on the disk was not written again.
  expect(await installs()).toEqual(before);
  await rightFleet(1);
});

test('with a server made and not recorded', async () => {
  await stack.write(fleetFile(2));
  // Whoever made the server is answered, and then waits for its first look at it.
  await api.fault({ path: '*/servers/*', method: 'GET', latency: 60 });
  await killedAt(async () => (await api.servers()).length === 2);
  await api.clearFaults();
  const orphan = await api.server('edge-2');
  const state = await stack.exported();
  expect(state).toContain((await api.server('edge-1')).id);
  expect(state).not.toContain(orphan.id);
  // Left to itself the cloud would have two of them.
  const preview = await stack.run('preview');
  expect(preview.output).toContain(`will be removed: server edge-2 (${orphan.id})`);
  expect((await api.server('edge-2')).id).toBe(orphan.id);
});

test('the embedded cloud killed while a disk is written', async () => {
  const kept = await api.server('edge-1');
  const orphan = await api.server('edge-2');
  const up = stack.start('up');
  await come(up, await dialogueSays('edge-2', 'install', /bootfleet-writer: progress phase=write/));
  expect((await api.server('edge-2')).id).not.toBe(orphan.id);
  await place.killCloud();
  const failed = await up.done;
  expect(failed.status).not.toBe(0);
  expect(failed.output).toMatch(/BF1\d{3}/);
  api = cloudApi(place, await place.startCloud());
  const again = await stack.run('up');
  expect(again.output).not.toContain('error:');
  expect((await api.server('edge-1')).id).toBe(kept.id);
  await rightFleet(2);
});

test('a server whose creation lost its answer is not made twice', async () => {
  await stack.write(fleetFile(3));
  await api.fault({ path: '*/servers', method: 'POST', lost: 'after', times: 1 });
  const failed = await stack.run('up');
  expect(failed.status).not.toBe(0);
  expect(await api.servers()).toHaveLength(3);
  const preview = await stack.run('preview');
  expect(preview.output).toContain('will be removed: server edge-3');
  expect(await api.servers()).toHaveLength(3);
  const up = await stack.run('up');
  expect(up.output).not.toContain('error:');
  await rightFleet(3);
});

test('destroy leaves nothing', async () => {
  expect((await stack.run('destroy')).status).toBe(0);
  expect((await ids()).map(nameless)).toEqual(['security group']);
  expect(await api.objects()).toEqual([]);
});

/** Exactly these machines, each booted, and nothing beside. */
async function rightFleet(machines: number): Promise<void> {
  const names = Array.from({ length: machines }, (_, index) => `edge-${index + 1}`);
  const servers = await api.servers();
  expect(servers.map(({ name }) => name).toSorted()).toEqual(names);
  for (const { id, state, state_detail, boot_type } of servers) {
    expect({ state, state_detail, boot_type }).toEqual({
      state: 'running',
      state_detail: 'booted',
      boot_type: 'local',
    });
    expect(await api.note(id)).toMatchObject({ phase: 'booted' });
  }
  const each = (kind: string): string[] => names.map(() => kind);
  const groups = ['security group', 'security group'];
  expect((await ids()).map(nameless)).toEqual([
    ...each('ip'),
    ...groups,
    ...each('server'),
    ...each('volume'),
  ]);
  // The image, its script for blank disks and that for others, the writer's kernel and ramdisk.
  expect(await api.objects()).toHaveLength(5);
  const leaks = await place.bootfleet(['leaks', stack.name, '--file', stack.fleetFile, '--json']);
  expect(JSON.parse(leaks.stdout)).toEqual([]);
  const processes = (await markedProcesses(place.mark)).filter(({ command }) =>
    command.includes('qemu-system'),
  );
  expect(processes).toHaveLength(machines);
  expect((await stack.run('refresh', ['--clear-pending-creates'])).status).toBe(0);
  const last = await stack.run('up');
  expect(Object.keys(last.changes)).toEqual(['same']);
  expect(last.output).not.toContain('pending');
}

/** The kind alone. */
function nameless(line: string): string {
  return /^(block volume|security group|[a-z]+)/.exec(line)?.[0] ?? line;
}
