import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Deadline } from '../../../../waiting/deadline.ts';
import { poll } from '../../../../waiting/poll.ts';
import { startTestCloud, type Answer, type TestCloud } from '../../start-daemon.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(async () => {
  await cloud.close();
});

interface Shown {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly tags: readonly string[];
}

/** How a test speaks to one of the two APIs. */
interface Dialect {
  readonly base: string;
  readonly made: number;
  readonly volumeName: string;
  readonly snapshotName: string;
  newVolume(name: string, from: { size: number } | { snapshot: string; size?: number }): object;
  /** The resource in an answer. */
  volume(answer: Answer): Shown;
  snapshot(answer: Answer): Shown;
}

const local: Dialect = {
  base: '/instance/v1/zones/fr-par-1',
  made: 201,
  volumeName: 'instance_volume',
  snapshotName: 'instance_snapshot',
  newVolume: (name, from) => ({
    name,
    volume_type: 'l_ssd',
    ...('snapshot' in from ? { base_snapshot: from.snapshot } : {}),
    ...(from.size === undefined ? {} : { size: from.size }),
  }),
  volume: ({ body }) => body['volume'] as Shown,
  snapshot: ({ body }) => body['snapshot'] as Shown,
};

const block: Dialect = {
  base: '/block/v1/zones/fr-par-1',
  made: 200,
  volumeName: 'volume',
  snapshotName: 'snapshot',
  newVolume: (name, from) => ({
    name,
    ...('snapshot' in from
      ? { from_snapshot: { snapshot_id: from.snapshot, size: from.size } }
      : { from_empty: { size: from.size } }),
  }),
  volume: ({ body }) => body as Shown,
  snapshot: ({ body }) => body as Shown,
};

/** Waits until the disk is made. */
async function whole(table: 'volume' | 'snapshot', id: string): Promise<void> {
  await poll({
    probe: () =>
      Promise.resolve(cloud.daemon.cloud.store.get(table, id)?.status === 'available' || undefined),
    deadline: Deadline.after(20),
    every: 0.005,
    onTimeout: () => new Error(`${table} ${id} never became available`),
  });
}

const gigabyte = 1_000_000_000;

describe.each([
  ['instance', local, block],
  ['block', block, local],
])('volumes and snapshots of the %s API', (_, api, other) => {
  const call = (method: string, path: string, body?: object): Promise<Answer> =>
    cloud.call(method, `${api.base}${path}`, body);

  async function volume(name: string, size = gigabyte): Promise<string> {
    const answer = await call('POST', '/volumes', api.newVolume(name, { size }));
    expect(answer.status, answer.text).toBe(api.made);
    const { id } = api.volume(answer);
    await whole('volume', id);
    return id;
  }

  it('makes, shows, lists, changes and deletes a volume', async () => {
    const id = await volume('first');
    expect(api.volume(await call('GET', `/volumes/${id}`))).toMatchObject({ name: 'first', size: gigabyte });
    const changed = await call('PATCH', `/volumes/${id}`, {
      name: 'second',
      tags: ['a'],
      size: 2 * gigabyte,
    });
    expect(api.volume(changed)).toMatchObject({ name: 'second', tags: ['a'], size: 2 * gigabyte });
    const listed = async (name: string): Promise<unknown> =>
      ((await call('GET', `/volumes?name=${name}`)).body['volumes'] as Shown[]).map((one) => one.id);
    expect([await listed('second'), await listed('first')]).toEqual([[id], []]);
    expect((await call('DELETE', `/volumes/${id}`)).status).toBe(204);
    expect(await call('GET', `/volumes/${id}`)).toMatchObject({
      status: 404,
      body: { type: 'not_found', resource: api.volumeName, resource_id: id },
    });
  });

  it('refuses to make a volume smaller, and one that is too small', async () => {
    const id = await volume('shrinks', 3 * gigabyte);
    for (const size of [2 * gigabyte, 1]) {
      const answer = await call('PATCH', `/volumes/${id}`, { size });
      expect(answer).toMatchObject({ status: 400, body: { details: [{ argument_name: 'size' }] } });
    }
    expect(await call('POST', '/volumes', api.newVolume('tiny', { size: 5 }))).toMatchObject({
      status: 400,
      body: { details: [{ argument_name: 'size', reason: 'constraint' }] },
    });
  });

  it('makes a snapshot of a volume, and a volume of the snapshot', async () => {
    const id = await volume('source', 2 * gigabyte);
    const taken = await call('POST', '/snapshots', { volume_id: id, name: 'kept', tags: ['t'] });
    expect(taken.status, taken.text).toBe(api.made);
    const snapshot = api.snapshot(taken).id;
    await whole('snapshot', snapshot);
    expect(api.snapshot(await call('GET', `/snapshots/${snapshot}`))).toMatchObject({
      name: 'kept',
      tags: ['t'],
      size: 2 * gigabyte,
    });
    const renamed = await call('PATCH', `/snapshots/${snapshot}`, { name: 'renamed' });
    expect(api.snapshot(renamed)).toMatchObject({ name: 'renamed', tags: ['t'] });
    expect((await call('GET', '/snapshots')).body['snapshots']).toContainEqual(
      expect.objectContaining({ id: snapshot, name: 'renamed' }),
    );

    const copy = await call('POST', '/volumes', api.newVolume('copy', { snapshot }));
    expect(api.volume(copy)).toMatchObject({ size: 2 * gigabyte });
    expect((await call('DELETE', `/snapshots/${snapshot}`)).status).toBe(204);
    expect(await call('GET', `/snapshots/${snapshot}`)).toMatchObject({
      status: 404,
      body: { resource: api.snapshotName },
    });
  });

  it("does not know the other API's volumes and snapshots, nor makes anything of them", async () => {
    const made = await cloud.call(
      'POST',
      `${other.base}/volumes`,
      other.newVolume('theirs', { size: gigabyte }),
    );
    const theirs = other.volume(made).id;
    await whole('volume', theirs);
    const taken = await cloud.call('POST', `${other.base}/snapshots`, { volume_id: theirs });
    const snapshot = other.snapshot(taken).id;
    await whole('snapshot', snapshot);
    const answers = [
      await call('GET', `/volumes/${theirs}`),
      await call('DELETE', `/snapshots/${snapshot}`),
      await call('POST', '/snapshots', { volume_id: theirs }),
      await call('POST', '/volumes', api.newVolume('of theirs', { snapshot })),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  });

  it('keeps a volume that a server holds, and makes nothing of a snapshot that is not whole', async () => {
    const held = await volume('held');
    const { store } = cloud.daemon.cloud;
    store.commit((change) => {
      for (const one of store.list('volume')) {
        if (one.id === held) change.put('volume', { ...one, serverId: 'some-server' });
      }
    });
    expect(await call('DELETE', `/volumes/${held}`)).toMatchObject({
      status: 400,
      body: { precondition: 'resource_still_in_use' },
    });
    const taken = await call('POST', '/snapshots', { volume_id: held });
    const snapshot = api.snapshot(taken).id;
    await whole('snapshot', snapshot);
    store.commit((change) => {
      for (const one of store.list('snapshot')) {
        if (one.id === snapshot) change.put('snapshot', { ...one, status: 'error' });
      }
    });
    expect(await call('POST', '/volumes', api.newVolume('early', { snapshot }))).toMatchObject({
      status: 400,
      body: { help_message: 'the snapshot should be available' },
    });
  });
});
