import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StoreState } from '../../../components/fleet-store/args.ts';
import * as bootScript from '../../../components/boot-script/handler.ts';
import * as fleetStore from '../../../components/fleet-store/handler.ts';
import * as image from '../../../components/image-artifact/handler.ts';
import { beginUpload } from '../../../transfer/multipart.ts';
import { ensureBucket } from '../../../transfer/object-store.ts';
import { StoreLab } from './lab.ts';

let lab: StoreLab;
beforeEach(async () => {
  lab = await StoreLab.open();
});
afterEach(() => lab.close());

/** The state after `create`. */
async function made(): Promise<StoreState> {
  const { outs } = await fleetStore.create(lab.storeInputs());
  if (outs === undefined) throw new Error('no outputs');
  return outs;
}

/** What a first upload leaves that is killed: a bucket, an unfinished upload, and nothing of it in the state. */
async function killedUpload(): Promise<void> {
  const store = await lab.store();
  await ensureBucket(store);
  await beginUpload(store, `images/edge/${'a'.repeat(64)}.img`, 'a'.repeat(64));
  store.client.destroy();
}

test('making and reading it sends nothing, so that a kill there leaves nothing', async () => {
  const state = await made();
  expect(state.bucket).toMatch(/^bootfleet-demo-[0-9a-f]{8}$/);
  expect(await fleetStore.read(state.bucket, state)).toEqual({ id: state.bucket, props: state });
  expect((await made()).bucket).toBe(state.bucket);
  expect(lab.server.asked).toEqual([]);
});

test('a kill in the first upload, then `destroy`: the upload and the bucket are gone', async () => {
  const state = await made();
  await killedUpload();
  await fleetStore.delete(state.bucket, state);
  expect([lab.server.uploads.size, lab.server.bucket]).toEqual([0, false]);
  // Again, as after a kill in `destroy` itself.
  await fleetStore.delete(state.bucket, state);
});

test('what is still in the bucket stays, and the bucket with it', async () => {
  const state = await made();
  await image.create(lab.imageInputs());
  await killedUpload();
  await fleetStore.delete(state.bucket, state);
  expect([lab.server.uploads.size, lab.server.objects.size, lab.server.bucket]).toEqual([0, 1, true]);
});

test.each(['DeleteBucket', 'ListMultipartUploads'])(
  'keys without the right to %s can destroy',
  async (not) => {
    const state = await made();
    await killedUpload();
    lab.server.disturb = ({ action }) => (action === not ? { status: 403, code: 'AccessDenied' } : undefined);
    await fleetStore.delete(state.bucket, state);
    expect(lab.server.bucket).toBe(true);
    expect(lab.server.uploads.size).toBe(not === 'DeleteBucket' ? 0 : 1);
  },
);

test.each([
  ['the bucket', (state: StoreState) => fleetStore.delete(state.bucket, state)],
  [
    'an image',
    async () => {
      const { id, outs } = await image.create(lab.imageInputs());
      if (outs) await image.delete(id, outs);
    },
  ],
])('a store that fails is an error when %s goes, never "nothing was left"', async (_what, remove) => {
  const state = await made();
  lab.server.disturb = ({ action }) =>
    action === 'ListMultipartUploads' ? { status: 400, code: 'InvalidRequest' } : undefined;
  await expect(remove(state)).rejects.toMatchObject({ code: 'BF1502' });
});

test('another fleet or cloud is another bucket; anything else changes nothing', async () => {
  const state = await made();
  const inputs = lab.storeInputs();
  expect(await fleetStore.diff('', state, inputs)).toMatchObject({ changes: false });
  expect(await fleetStore.diff('', state, { ...inputs, fleet: 'other' })).toMatchObject({
    changes: true,
    replaces: ['fleet'],
  });
  const cloud = { ...inputs.cloud, endpoint: 'local' } as const;
  expect(await fleetStore.diff('', state, { ...inputs, cloud })).toMatchObject({ replaces: ['cloud'] });
});

test('an image or a script that someone deleted is published again by the next `up`, under the same key', async () => {
  const given = lab.imageInputs();
  const script = lab.scriptInputs({ kind: 'chain', url: 'http://boot.example.org/menu.ipxe' });
  const { id, outs: imageState } = await image.create(given);
  const { id: scriptId, outs: scriptState } = await bootScript.create(script);
  if (!imageState || !scriptState) throw new Error('no outputs');
  const diffs = async (): Promise<(boolean | undefined)[]> => [
    (await image.diff(id, imageState, given)).changes,
    (await bootScript.diff(scriptId, scriptState, script)).changes,
  ];
  expect(await diffs()).toEqual([false, false]);
  const before = [...lab.server.objects.keys()];
  expect(before).toHaveLength(2);
  lab.server.objects.clear();
  lab.server.bucket = false;
  expect(await diffs()).toEqual([true, true]);
  // `pulumi refresh` finds them gone as well.
  expect(await image.read(id, imageState)).toEqual({});
  expect(await bootScript.read(scriptId, scriptState)).toEqual({});
  await image.update(id, imageState, given);
  await bootScript.update(scriptId, scriptState, script);
  expect([...lab.server.objects.keys()]).toEqual(before);
  expect(await diffs()).toEqual([false, false]);
});
