import { instanceTime, now } from '../../compute/clock.ts';
import type { LocalCloud } from '../../compute/local-cloud.ts';
import { newSnapshot } from '../../compute/snapshots.ts';
import { snapshotLater } from '../../compute/volumes.ts';
import type { SnapshotRecord } from '../../store/records.ts';
import { Arguments } from '../arguments.ts';
import { ownProject } from '../auth.ts';
import { invalidArgument, notFound, preconditionFailed, transientState } from '../error.ts';
import { pageHeaders, pageOf, slice } from '../pagination.ts';
import { jsonBody, param, type ApiAnswer, type ApiRequest, type Route } from '../router.ts';
import { zoneOf } from '../zones.ts';

const base = '/instance/v1/zones/:zone/snapshots';

/** Snapshots of local volumes. */
export function snapshotRoutes(cloud: LocalCloud): readonly Route[] {
  return [
    {
      method: 'GET',
      pattern: base,
      handler: (request) => {
        const zone = zoneOf(request);
        const page = pageOf(request.query, 'per_page');
        const all = cloud.store.list('snapshot').filter((one) => one.zone === zone && one.kind === 'l_ssd');
        return {
          status: 200,
          body: { snapshots: slice(all, page).map((one) => snapshotView(cloud, one)) },
          headers: pageHeaders('/snapshots', all.length, page),
        };
      },
    },
    { method: 'POST', pattern: base, handler: (request) => create(cloud, request) },
    {
      method: 'GET',
      pattern: `${base}/:id`,
      handler: (request) => ({
        status: 200,
        body: { snapshot: snapshotView(cloud, snapshotOf(cloud, request)) },
      }),
    },
    { method: 'PATCH', pattern: `${base}/:id`, handler: (request) => update(cloud, request) },
    {
      method: 'DELETE',
      pattern: `${base}/:id`,
      handler: async (request) => {
        await removeSnapshot(cloud, snapshotOf(cloud, request));
        return { status: 204 };
      },
    },
  ];
}

function snapshotOf(cloud: LocalCloud, request: ApiRequest): SnapshotRecord {
  const id = param(request, 'id');
  const snapshot = cloud.store.get('snapshot', id);
  if (snapshot?.zone !== zoneOf(request) || snapshot.kind !== 'l_ssd')
    throw notFound('instance_snapshot', id);
  return snapshot;
}

function create(cloud: LocalCloud, request: ApiRequest): ApiAnswer {
  const zone = zoneOf(request);
  const body = jsonBody(request);
  ownProject(body, cloud.identity, 'instance_snapshot');
  const fields = new Arguments(body);
  if (fields.has('bucket')) {
    throw invalidArgument('bucket', 'unknown', 'the embedded cloud imports no snapshots from object storage');
  }
  const volumeId = fields.text('volume_id', { required: true }) ?? '';
  const name = fields.text('name') ?? 'snapshot';
  const tags = fields.texts('tags') ?? [];
  fields.check();
  const volume = cloud.store.get('volume', volumeId);
  if (volume?.zone !== zone || volume.kind !== 'l_ssd') throw notFound('instance_volume', volumeId);
  if (volume.status === 'creating') throw transientState('instance_volume', volumeId, volume.status);
  const snapshot = newSnapshot(volume, name, tags);
  cloud.store.commit((change) => {
    change.put('snapshot', snapshot);
  });
  const answer = {
    snapshot: snapshotView(cloud, snapshot),
    task: {
      id: '00000000-0000-0000-0000-000000000000',
      description: 'fake task',
      status: 'pending',
      href_from: '/snapshots',
      href_result: `snapshots/${snapshot.id}`,
      started_at: instanceTime(now()),
      terminated_at: null,
      progress: 0,
      zone,
    },
  };
  snapshotLater(cloud, snapshot.id);
  return { status: 201, body: answer };
}

function update(cloud: LocalCloud, request: ApiRequest): ApiAnswer {
  const snapshot = snapshotOf(cloud, request);
  const fields = new Arguments(jsonBody(request));
  const name = fields.text('name') ?? snapshot.name;
  const tags = fields.texts('tags') ?? snapshot.tags;
  fields.check();
  const changed = { ...snapshot, name, tags, updatedAt: now() };
  cloud.store.commit((change) => {
    change.put('snapshot', changed);
  });
  return { status: 200, body: { snapshot: snapshotView(cloud, changed) } };
}

/** Removes a snapshot and its file, unless an image is made of it. */
export async function removeSnapshot(cloud: LocalCloud, snapshot: SnapshotRecord): Promise<void> {
  const used = cloud.store
    .list('image')
    .some((image) => [image.rootSnapshotId, ...Object.values(image.extraSnapshotIds)].includes(snapshot.id));
  if (used) throw preconditionFailed('resource_still_in_use', 'the snapshot is used by an image');
  cloud.store.commit((change) => {
    change.remove('snapshot', snapshot.id);
  });
  await cloud.disks.remove(snapshot.id);
}

function snapshotView(cloud: LocalCloud, snapshot: SnapshotRecord): object {
  return {
    id: snapshot.id,
    name: snapshot.name,
    volume_type: 'l_ssd',
    creation_date: instanceTime(snapshot.createdAt),
    modification_date: instanceTime(snapshot.updatedAt),
    organization: cloud.identity.organizationId,
    project: snapshot.projectId,
    size: snapshot.size,
    state: snapshot.status === 'creating' ? 'snapshotting' : snapshot.status,
    base_volume:
      snapshot.volumeId === null ? null : { id: snapshot.volumeId, name: snapshot.volumeName ?? '' },
    tags: snapshot.tags,
    zone: snapshot.zone,
    error_details: null,
  };
}
