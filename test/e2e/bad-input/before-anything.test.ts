import { copyFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EndpointsFile } from '../../../contracts/endpoints-file.ts';
import { type CloudApi, cloudApi } from '../harness/cloud-api.ts';
import { buildImages, builds } from '../harness/images.ts';
import { createStack, type TestStack } from '../harness/stack.ts';
import { openWorkplace, type Workplace } from '../harness/workplace.ts';

// What can be known to be wrong before anything is changed: `pulumi up` names it with a code of its own, says what to
// do, and the cloud is as it was. No machine runs here.
let place: Workplace;
let endpoints: EndpointsFile;
let api: CloudApi;
let stack: TestStack;
let untouched: readonly string[];

const image = `../images/edge-${builds.first}`;

/** A good fleet file, but for what is given. */
function fleetFile({
  endpoint = 'local',
  images = `{ img: ${image}.img }`,
  group = 'count: 1',
  type = 'START1-XS',
  more = '',
} = {}): string {
  return `fleet: wrong
cloud:
  scaleway: { zone: fr-par-1, endpoint: "${endpoint}" }
images:
  edge: ${images}
servers:
  edge:
    ${group}
    type: ${type}
    image: edge
    ssh: { user: root, key: ../keys/edge_ed25519 }
${more}`;
}

beforeAll(async () => {
  place = await openWorkplace();
  [endpoints] = await Promise.all([
    place.startCloud({ machines: 'simulated' }),
    buildImages(place, [{ version: 1 }]),
  ]);
  api = cloudApi(place, endpoints);
  stack = await createStack(place, fleetFile());
  untouched = await api.listing();
});

afterAll(async () => {
  await place.close();
});

/** Runs `pulumi up`, which must fail, leave the cloud as it was, and print no stack trace. Returns what it printed. */
async function refused(fleet: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  await stack.write(fleet);
  const { status, output } = await stack.run('up', [], 120, env);
  expect(status, output).not.toBe(0);
  expect(await api.listing()).toEqual(untouched);
  expect(output).not.toMatch(/^\s+at .*\(.*:\d+:\d+\)/m);
  return output;
}

const path = (name: string): string => join(place.folder, 'images', name);

test('a fleet file: unknown key, wrong type, missing image, unknown server type, all named at once', async () => {
  const output = await refused(
    fleetFile({
      images: `{ img: ${image}x.img }`,
      group: 'countt: 1\n    disk: "big"',
      type: 'START1-XZ',
    }),
  );
  for (const code of ['BF1000', 'BF1003', 'BF1004', 'BF1008', 'BF1009']) expect(output).toContain(code);
  expect(output).toMatch(/local\.fleet\.yaml:8:\d+: .*countt/);
  expect(output).toContain('count');
  expect(output).toContain('START1-XS');
  expect(output).toContain(`edge-${builds.first}.img`);
  // The same without Pulumi.
  const alone = await place.bootfleet(['validate', 'local', '--file', stack.fleetFile]);
  expect(alone.status).toBe(1);
  for (const code of ['BF1003', 'BF1004', 'BF1008', 'BF1009'])
    expect(alone.stderr + alone.stdout).toContain(code);
});

test('two servers of one name', async () => {
  const more = `  edge: { type: START1-XS, image: edge, ssh: { user: root, key: ../keys/edge_ed25519 } }\n`;
  const output = await refused(fleetFile({ more }));
  expect(output).toContain('BF1006');
  expect(output).toContain('edge-1');
});

test('an image shorter than its partition table says', async () => {
  await copyFile(path(`edge-${builds.first}.img`), path('short.img'));
  await truncate(path('short.img'), 100 * 1024 * 1024);
  const output = await refused(fleetFile({ images: '{ img: ../images/short.img }' }));
  expect(output).toContain('BF1103');
  expect(output).toContain('short.img');
});

test('a checksum that does not match', async () => {
  const text = await readFile(path(`edge-${builds.first}.fs.cksum`), 'utf8');
  const last = text.trimEnd().at(-1) === '0' ? '1' : '0';
  await writeFile(path('wrong.cksum'), `${text.trimEnd().slice(0, -1)}${last}\n`);
  const lists = `[${image}.img.cksum, ../images/wrong.cksum]`;
  const images = `{ img: ${image}.img, fs: ${image}.fs, checksum: ${lists} }`;
  const output = await refused(fleetFile({ images }));
  expect(output).toContain('BF1106');
  expect(output).toContain(`edge-${builds.first}.fs`);
});

test('a disk smaller than the image', async () => {
  await copyFile(path(`edge-${builds.first}.img`), path('large.img'));
  await truncate(path('large.img'), 960 * 1024 * 1024);
  const output = await refused(fleetFile({ images: '{ img: ../images/large.img }', group: 'disk: 1' }));
  expect(output).toContain('BF1201');
});

test('a wrong token, which is not shown', async () => {
  const token = '11111111-1111-4111-8111-111111111111';
  const output = await refused(fleetFile({ endpoint: endpoints.api }), {
    SCW_ACCESS_KEY: endpoints.accessKey,
    SCW_SECRET_KEY: token,
    SCW_DEFAULT_PROJECT_ID: endpoints.projectId,
  });
  expect(output).toContain('BF1404');
  expect(output).not.toContain(token);
});

test('an endpoint that is down', async () => {
  // A port that is given to nobody who asks for any, as the engines of the tests beside this one do.
  const endpoint = 'http://127.0.0.1:2';
  const output = await refused(fleetFile({ endpoint }), {
    SCW_ACCESS_KEY: endpoints.accessKey,
    SCW_SECRET_KEY: endpoints.secretKey,
    SCW_DEFAULT_PROJECT_ID: endpoints.projectId,
  });
  expect(output).toContain('BF1403');
  expect(output).toContain(endpoint);
  expect(output).toContain('ECONNREFUSED');
});

test('an embedded cloud that does not run', async () => {
  const env = { BOOTFLEET_HOME: join(place.folder, 'nowhere') };
  const output = await refused(fleetFile(), env);
  expect(output).toContain('BF1400');
  expect(output).toContain('bootfleet local start');
});

test('a port that is taken', async () => {
  const holder = await listening();
  const { port } = holder;
  const other = await openWorkplace();
  try {
    const { status, stderr } = await other.bootfleet(['local', 'start', '--port', String(port)]);
    expect(status).toBe(1);
    expect(stderr).toContain('BF1801');
    expect(stderr).toContain(String(port));
  } finally {
    await holder.end();
    await other.close();
  }
});

/** Something that listens on a port of its own. */
async function listening(): Promise<{ port: number; end: () => Promise<unknown> }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return { port, end: () => new Promise((resolve) => server.close(resolve)) };
}
