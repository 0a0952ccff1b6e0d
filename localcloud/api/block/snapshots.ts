import { now } from '../../compute/clock.ts';
import type { LocalCloud } from '../../compute/local-cloud.ts';
import { newSnapshot } from '../../compute/snapshots.ts';
import { snapshotLater } from '../../compute/volumes.ts';
import type { SnapshotRecord } from '../../store/records.ts';
import { Arguments } from '../arguments.ts';
import { ownProject } from '../auth.ts';
import { notFound, transientState } from '../error.ts';
import { removeSnapshot } from '../instance/snapshots.ts';
import { pageOf, slice } from '../pagination.ts';
import { jsonBody, param, type ApiAnswer, type ApiRequest, type Route } from '../router.ts';
import { zoneOf } from '../zones.ts';

/** Snapshots of block volumes. */
export function blockSnapshotRoutes(cloud: LocalCloud, version: string): readonly Route[] {
  const base = `/block/${version}/zones/:zone/snapshots`;
  return [
    {
      method: 'GET',
      pattern: base,
      handler: (request) => {
        const zone = zoneOf(request);
        const all = cloud.store.list('snapshot').filter((one) => one.zone === zone && one.kind === 'sbs');
        const shown = slice(all, pageOf(request.query, 'page_size'));
        return {
          status: 200,
          body: { snapshots: shown.map((one) => snapshotView(cloud, one)), total_count: all.length },
        };
      },
    },
    { method: 'POST', pattern: base, handler: (request) => create(cloud, request) },
    {
      method: 'GET',
      pattern: `${base}/:id`,
      handler: (request) => ({ status: 200, body: snapshotView(cloud, snapshotOf(cloud, request)) }),
    },
    {
      method: 'PATCH',
      pattern: `${base}/:id`,
      handler: (request) => {
        const snapshot = snapshotOf(cloud, request);
        const fields = new Arguments(jsonBody(request));
        const name = fields.text('name') ?? snapshot.name;
        const tags = fields.texts('tags') ?? snapshot.tags;
        fields.check();
        const changed = { ...snapshot, name, tags, updatedAt: now() };
        cloud.store.commit((change) => {
          change.put('snapshot', changed);
        });
        return { status: 200, body: snapshotView(cloud, changed) };
      },
    },
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
  if (snapshot?.zone !== zoneOf(request) || snapshot.kind !== 'sbs') throw notFound('snapshot', id);
  return snapshot;
}

function create(cloud: LocalCloud, request: ApiRequest): ApiAnswer {
  const zone = zoneOf(request);
  const body = jsonBody(request);
  ownProject(body, cloud.identity, 'block_storage');
  const fields = new Arguments(body);
  const volumeId = fields.text('volume_id', { required: true }) ?? '';
  const name = fields.text('name', { longest: 255 }) ?? 'snapshot';
  const tags = fields.texts('tags') ?? [];
  fields.check();
  const volume = cloud.store.get('volume', volumeId);
  if (volume?.zone !== zone || volume.kind !== 'sbs') throw notFound('volume', volumeId);
  if (volume.status === 'creating') throw transientState('volume', volumeId, volume.status);
  const snapshot = newSnapshot(volume, name, tags);
  cloud.store.commit((change) => {
    change.put('snapshot', snapshot);
  });
  const answer = snapshotView(cloud, snapshot);
  snapshotLater(cloud, snapshot.id);
  return { status: 200, body: answer };
}

function snapshotView(cloud: LocalCloud, snapshot: SnapshotRecord): object {
  const volume = snapshot.volumeId === null ? undefined : cloud.store.get('volume', snapshot.volumeId);
  return {
    id: snapshot.id,
    name: snapshot.name,
    parent_volume:
      snapshot.volumeId === null
        ? null
        : {
            id: snapshot.volumeId,
            name: volume?.name ?? snapshot.volumeName ?? '',
            type: snapshot.volumeIops === 15000 ? 'sbs_15k' : 'sbs_5k',
            status: volume === undefined ? 'deleted' : volume.serverId === null ? 'available' : 'in_use',
          },
    size: snapshot.size,
    project_id: snapshot.projectId,
    created_at: snapshot.createdAt,
    updated_at: snapshot.updatedAt,
    references: [],
    status: snapshot.status,
    tags: snapshot.tags,
    class: 'sbs',
    zone: snapshot.zone,
    public: false,
  };
}
