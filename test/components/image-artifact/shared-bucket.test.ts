import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { artifactStore } from '../../../components/artifact-store.ts';
import type { ImageInputs, ImageState } from '../../../components/image-artifact/args.ts';
import * as image from '../../../components/image-artifact/handler.ts';
import { beginUpload } from '../../../transfer/multipart.ts';
import { MemoryStore } from '../../transfer/memory-store.ts';

// Bigger than one part, so that it is sent in parts.
const size = 17 * 1024 * 1024;
const cloud = { kind: 'scaleway', zone: 'fr-par-1' } as const;
/** As earlier versions named it, without the project: another project's stack of this name has the same. */
const oldBucket = 'bootfleet-demo-0badcafe';

let folder = '';
let server: MemoryStore;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'bootfleet-shared-'));
  server = await MemoryStore.start();
  server.bucket = true;
  vi.stubEnv('BOOTFLEET_S3_ENDPOINT', server.endpoint);
  vi.stubEnv('BOOTFLEET_DATA', path.join(folder, 'data'));
  vi.stubEnv('SCW_ACCESS_KEY', 'SCWTEST');
  vi.stubEnv('SCW_SECRET_KEY', 'secret');
  vi.stubEnv('SCW_DEFAULT_PROJECT_ID', 'project');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
  rmSync(folder, { recursive: true });
});

function inputs(): ImageInputs {
  const content = randomBytes(size);
  const img = path.join(folder, 'edge.img');
  writeFileSync(img, content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const facts = { size, sha256, rawSize: size, rawSha256: sha256 };
  return {
    cloud,
    fleet: 'demo',
    artifact: 'edge',
    img,
    checksums: [],
    resourceUrn: 'urn:pulumi:test::bootfleet::pulumi-nodejs:dynamic/bootfleet:ImageArtifact::edge',
    found: { img: { format: 'raw', ...facts }, slots: [], verified: { img: 'none' } },
  };
}

/** What another project's `pulumi up` is sending now: this very image, and another build of it. */
async function othersUploads(bucket: string | undefined, ownKey: string): Promise<string[]> {
  const store = await artifactStore(cloud, { fleet: 'demo', project: 'bootfleet', stack: 'test', bucket });
  // The last object of ours takes an empty bucket with it.
  server.bucket = true;
  const keys = [ownKey, `images/edge/${'a'.repeat(64)}.img`];
  for (const key of keys) await beginUpload(store, key, 'a'.repeat(64));
  store.client.destroy();
  return [...server.uploads.keys()];
}

test.each([
  ['that an earlier version named: they are neither ended nor completed', oldBucket, true],
  ["of this stack's own: they are ended", undefined, false],
])('uploads under way in a bucket %s', async (_what, bucket, stay) => {
  const given = inputs();
  const { id, outs: made } = await image.create(given);
  if (!made) throw new Error('no outputs');
  const state: ImageState = { ...made, bucket: bucket ?? made.bucket };
  const before = await othersUploads(bucket, state.key);
  await image.delete(id, state);
  expect([...server.uploads.keys()]).toEqual(stay ? before : []);

  const others = await othersUploads(bucket, state.key);
  await image.update(id, state, given);
  expect(server.objects.get(state.key)?.content).toHaveLength(size);
  expect([...server.uploads.keys()]).toEqual(stay ? others : []);
});
