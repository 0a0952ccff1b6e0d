import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { planRows } from '../../../cli/plan-rows.ts';
import type { BootInputs, BootState } from '../../../components/boot-mode/args.ts';
import * as boot from '../../../components/boot-mode/handler.ts';
import { announcements } from '../../../components/fleet/outlook/announce.ts';
import { wantedMachines } from '../../../components/fleet/outlook/wanted-machines.ts';
import type { ImageInputs, ImageState } from '../../../components/image-artifact/args.ts';
import * as image from '../../../components/image-artifact/handler.ts';
import type {
  OpenInputs,
  StoredInputs,
  StoredState,
} from '../../../components/rollout/slot-upgrade/stored/form.ts';
import * as upgrade from '../../../components/rollout/slot-upgrade/stored/handler.ts';
import { parseState } from '../../../components/stack-resources.ts';
import type { FleetFile } from '../../../stacks/fleet-file.ts';
import { MemoryStore } from '../../transfer/memory-store.ts';
import * as earlier from './states.ts';

const said = vi.hoisted((): string[] => []);
vi.mock('../../../components/progress.ts', () => ({
  reportProgress: () => undefined,
  reportRemark: (_urn: string, _kind: string, text: string) => {
    said.push(text);
    return Promise.resolve();
  },
}));

let folder: string;
let server: MemoryStore;
const content = Buffer.alloc(4096, 'edge');
const sha256 = createHash('sha256').update(content).digest('hex');
const files = { img: '', fs: '' };
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'bootfleet-earlier-'));
  server = await MemoryStore.start();
  server.bucket = true;
  vi.stubEnv('BOOTFLEET_S3_ENDPOINT', server.endpoint);
  vi.stubEnv('BOOTFLEET_DATA', path.join(folder, 'data'));
  vi.stubEnv('SCW_ACCESS_KEY', 'SCWTEST');
  vi.stubEnv('SCW_SECRET_KEY', 'secret');
  vi.stubEnv('SCW_DEFAULT_PROJECT_ID', 'project');
  files.img = path.join(folder, 'edge.img');
  files.fs = path.join(folder, 'edge-20261122_0900.fs');
  for (const file of [files.img, files.fs]) await writeFile(file, content);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  said.length = 0;
  server.asked.length = 0;
});

const inItsPlace = { outcome: 'upgraded', build: '20261122_0900', sha256 } as const;
const byItsName = { outcome: 'unchanged', build: '20261122_0900', sha256: 'f'.repeat(64) } as const;
const upgrades = (): Map<string, Record<string, unknown>> =>
  new Map(
    Object.entries({ 'edge-1': inItsPlace, 'edge-2': byItsName }).map(([name, ended]) => [
      name,
      earlier.slotUpgrade(name, sha256, ended),
    ]),
  );
const oldImage = (): Record<string, unknown> =>
  earlier.imageArtifact({ file: files.img, sha256, size: content.length });

test('an image stays where it is, in the bucket of the earlier name, and is not sent again', async () => {
  const state = oldImage() as unknown as ImageState;
  server.objects.set(state.key, { content, sha256 });
  const { found: _found, bucket: _bucket, key: _key, url: _url, ...given } = state;
  const news: ImageInputs = {
    ...given,
    found: { ...state.found, verified: { img: 'none' }, img: { ...state.found?.img, build: undefined } },
  } as ImageInputs;
  expect(await image.diff('edge', state, news)).toMatchObject({ changes: false });
  // Of some names the build is known now: the state takes it over, and nothing is sent for that.
  const named = { ...news, found: { ...news.found, img: { ...news.found?.img, build: '1' } } } as ImageInputs;
  expect(await image.diff('edge', state, named)).toMatchObject({ changes: true, replaces: [] });
  const { outs } = await image.update('edge', state, named);
  expect(outs).toMatchObject({ bucket: earlier.oldBucket, key: state.key });
  const sent = ['PutObject', 'CreateMultipartUpload', 'DeleteObject', 'CreateBucket'];
  expect(server.asked.filter(({ action }) => sent.includes(action))).toEqual([]);
  expect(said).toEqual([]);
});

test('no disk is written and no machine is booted, whatever an image is called by now', async () => {
  const state = earlier.bootMode('edge-1') as unknown as BootState;
  for (const change of [{}, { build: undefined }, { build: '20261122_0900', sha256: 'b'.repeat(64) }]) {
    const news: BootInputs = {
      ...state,
      image: { ...state.image, ...change },
      scriptUrl: 'https://s3/boot/new',
    };
    expect(await boot.diff('edge-1', state, news)).toMatchObject({ changes: false, replaces: [] });
  }
  expect(said).toEqual([]);
});

async function checked(machine: string, ended: earlier.Upgraded): Promise<StoredInputs> {
  const given = earlier.upgradeInputs(machine, files.fs, ended) as unknown as OpenInputs;
  const { inputs } = await upgrade.check(given, { ...given, installation: 'edge' });
  if (!inputs) throw new Error('no inputs');
  return inputs;
}

function stored(state: StoredState | undefined): StoredState {
  if (!state) throw new Error('no state');
  return state;
}

test.each([
  ['is only looked at', 'edge-1', inItsPlace, { outcome: 'unchanged', bytes: 0, slot: 'd' }],
  ['is sent the image when it only bears the name', 'edge-2', byItsName, { outcome: 'upgraded', slot: 'e' }],
])('each machine is looked at once: one that runs what it shall %s', async (_what, name, ended, outcome) => {
  const state = earlier.slotUpgrade(name, sha256, ended) as unknown as StoredState;
  const news = await checked(name, ended);
  expect(await upgrade.diff(name, state, news)).toMatchObject({ changes: true, replaces: [] });
  expect(said).toEqual([
    `${name}: an earlier version upgraded it last; whether its disk was written since is not known; it is looked at first, canary`,
  ]);
  // A refresh before the first update changes nothing about it.
  const { props } = await upgrade.read(name, state);
  expect(await upgrade.diff(name, stored(props), news)).toMatchObject({ changes: true });
  const { outs } = await upgrade.update(name, state, news);
  expect(outs).toMatchObject(outcome);
  expect(await upgrade.diff(name, stored(outs), news)).toMatchObject({ changes: false });
});

test('plan and preview announce no loss, and the plan says of each machine that it is looked at first', async () => {
  const state = parseState(earlier.exported(oldImage(), upgrades()));
  const servers = ['edge-1', 'edge-2'].map((name) => ({ name, type: 'START1-XS', disk: 25, image: 'edge' }));
  expect(announcements(state, 'demo', wantedMachines(servers))).toEqual([]);
  const edge = {
    name: 'edge',
    img: { shown: '', resolved: files.img },
    fs: { shown: '', resolved: files.fs },
  };
  const fleet = {
    fleet: 'demo',
    images: [{ ...edge, checksums: [] }],
    servers,
    rollout: { waves: ['100%'] },
  };
  const rows = await planRows(fleet as unknown as FleetFile, { name: 'test' }, state);
  const why = 'whether its disk was written since is not known; it is looked at first';
  expect(rows).toMatchObject(
    servers.map(({ name }) => ({ name, action: 'unknown', losesData: false, from: '20261122_0900', why })),
  );
});
