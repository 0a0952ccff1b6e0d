import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CloudApi, cloudApi } from '../harness/cloud-api.ts';
import { fleetText } from '../harness/fleet-file.ts';
import { buildImages, undatedImage } from '../harness/images.ts';
import { createStack, type TestStack } from '../harness/stack.ts';
import { openWorkplace, type Workplace } from '../harness/workplace.ts';

// Another disk and another type make another server: the provider terminates the old one, and the cloud then removes
// its local volume, so both are made anew together. From block storage to block storage the server stays.
let place: Workplace;
let api: CloudApi;
let stack: TestStack;
let fleet: (group: object) => string;

beforeAll(async () => {
  place = await openWorkplace();
  const [endpoints] = await Promise.all([
    place.startCloud({ machines: 'scripted' }),
    buildImages(place, [{ version: 1 }]),
  ]);
  api = cloudApi(place, endpoints);
  const image = await undatedImage(place);
  fleet = (group) => fleetText({ fleet: 'replace', images: { edge: image }, groups: { edge: { ...group } } });
  stack = await createStack(place, fleet({}));
});

afterAll(async () => {
  await place.close();
});

/** The only server and the only disk that there are. */
async function machine(): Promise<{ server: string; disk: string }> {
  const listed = (await api.listing()).filter((line) => /^(server|volume|block volume) /.test(line));
  const [disk = '', server = ''] = listed.map((line) => /[0-9a-f-]{36}/.exec(line)?.[0] ?? '');
  expect(listed).toHaveLength(2);
  return { server, disk };
}

/** Applies a group, and proves that it is applied whole: nothing left to do, by the file, by the cloud or in the cloud. */
async function applied(group: object): Promise<{ server: string; disk: string }> {
  await stack.write(fleet(group));
  const { status, output } = await stack.run('up');
  expect(output).not.toContain('error:');
  expect(status).toBe(0);
  expect(Object.keys((await stack.run('up')).changes)).toEqual(['same']);
  expect(Object.keys((await stack.run('refresh')).changes)).toEqual(['same']);
  const leaks = await place.bootfleet(['leaks', stack.name, '--file', stack.fleetFile]);
  expect(leaks.stdout).toContain('No leaks');
  return await machine();
}

test('a smaller disk, another type, block storage and back', async () => {
  const first = await applied({});
  const smaller = await applied({ disk: 20 });
  expect([smaller.server, smaller.disk]).not.toEqual([first.server, first.disk]);
  const other = await applied({ disk: 20, type: 'DEV1-S' });
  expect(other.server).not.toBe(smaller.server);
  expect(other.disk).not.toBe(smaller.disk);
  const block = await applied({ disk: 20, type: 'PLAY2-PICO' });
  expect(block.disk).not.toBe(other.disk);
  const larger = await applied({ disk: 20, type: 'PRO2-XXS' });
  expect(larger).toEqual(block);
  const back = await applied({ type: 'START1-XS' });
  expect(back.server).not.toBe(larger.server);
  expect((await stack.run('destroy')).status).toBe(0);
  expect((await api.listing()).filter((line) => !line.startsWith('security group'))).toEqual([]);
});
