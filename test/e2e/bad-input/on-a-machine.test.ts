import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BootWaits } from '../../../components/boot-mode/waits.ts';
import { type CloudApi, cloudApi } from '../harness/cloud-api.ts';
import { fleetText, imageOf } from '../harness/fleet-file.ts';
import { buildImages, builds } from '../harness/images.ts';
import { createStack, type TestStack } from '../harness/stack.ts';
import { openWorkplace, type Workplace } from '../harness/workplace.ts';

// What goes wrong on the way to a booted machine. One server meets one trouble after the other; each `pulumi up` says
// which, and leaves the same server, disk and address behind, so that the next one can go on.
let place: Workplace;
let api: CloudApi;
let stack: TestStack;
/** What the cloud holds after the first failure. */
let held: readonly string[] = [];

/** Short waits are only for what never comes: everything else has the time that a busy computer may need. */
const fleetFile = (waits: Partial<BootWaits> = {}, build: string = builds.first): string =>
  fleetText({ fleet: 'trouble', images: { edge: imageOf(build) }, groups: { edge: { boot: { waits } } } });

beforeAll(async () => {
  place = await openWorkplace();
  const [endpoints] = await Promise.all([
    place.startCloud(),
    buildImages(place, [{ version: 1 }, { version: 1, variant: 'no-boot' }]),
  ]);
  api = cloudApi(place, endpoints);
  stack = await createStack(place, fleetFile());
});

afterAll(async () => {
  await place.close();
});

/** Runs `pulumi up`, which must fail and name the machine. Nothing is made but what the first one made. */
async function fails(args: readonly string[] = []): Promise<string> {
  const { status, output } = await stack.run('up', args);
  expect(status, output).not.toBe(0);
  expect(output).toContain('edge-1');
  expect(output).not.toMatch(/^\s+at .*\(.*:\d+:\d+\)/m);
  const now = await withoutStates();
  if (held.length > 0) expect(now).toEqual(held);
  held = now;
  return output;
}

/** Everything but objects, without the servers' power states. */
async function withoutStates(): Promise<readonly string[]> {
  const lines = (await api.listing()).filter((line) => !line.startsWith('object'));
  return lines.map((line) => line.replace(/ (stopped|running|starting|stopping)$/, ''));
}

/** Bucket and key of the objects of a kind. */
async function objects(kind: 'boot' | 'images'): Promise<{ Bucket: string; Key: string }[]> {
  const found = (await api.objects()).filter((path) => path.includes(`/${kind}/`));
  return found.map((path) => {
    const at = path.indexOf('/');
    return { Bucket: path.slice(0, at), Key: path.slice(at + 1) };
  });
}

test('the console refuses the ticket', async () => {
  await api.call('PUT', '/bootfleet/v1/machines', { console: 'refused' });
  const output = await fails();
  expect(output).toContain('BF1301');
  expect(output).toContain('console access is denied');
});

test('nothing at all comes from the console', async () => {
  await api.call('PUT', '/bootfleet/v1/machines', { console: 'silent' });
  await stack.write(fleetFile({ prompt: 8 }));
  expect(await fails()).toContain('BF1313');
});

test('DHCP fails', async () => {
  await api.call('PUT', '/bootfleet/v1/machines', { network: 'unplugged' });
  await stack.write(fleetFile({ dhcp: 8 }));
  expect(await fails()).toContain('BF1311');
});

test('the boot script was deleted, and nothing but the boot is brought up: found before power-on', async () => {
  await api.call('PUT', '/bootfleet/v1/machines', {});
  await stack.write(fleetFile());
  const client = api.storage();
  for (const script of await objects('boot')) await client.send(new DeleteObjectCommand(script));
  client.destroy();
  const output = await fails(['--target', '**BootMode::edge-1']);
  expect(output).toContain('BF1516');
  expect(output).toContain('pulumi refresh');
  // The next test finds them published again: its `up` has all resources.
  expect(await objects('boot')).toEqual([]);
});

test('the image in the bucket is not the one that was sent: its digest is wrong while it is written', async () => {
  const client = api.storage();
  const [image] = await objects('images');
  const { Body, Metadata } = await client.send(new GetObjectCommand(image ?? { Bucket: '', Key: '' }));
  const content = Buffer.from((await Body?.transformToByteArray()) ?? []);
  const at = content.length >> 1;
  content.writeUInt8(content.readUInt8(at) ^ 1, at);
  await client.send(new PutObjectCommand({ Bucket: '', Key: '', ...image, Body: content, Metadata }));
  client.destroy();
  const output = await fails();
  expect(output).toContain('BF1210');
  expect(await api.note((await api.server('edge-1')).id)).toMatchObject({ phase: 'flashing' });
});

test('a system that never boots', async () => {
  await stack.write(fleetFile({ boot: 45 }, `${builds.first}-no-boot`));
  const output = await fails();
  expect(output).toMatch(/BF1204|BF1331/);
  expect(output).toContain('.cast');
  expect((await stack.run('destroy')).status).toBe(0);
  expect(await api.objects()).toEqual([]);
});
