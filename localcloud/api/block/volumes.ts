import { now } from '../../compute/clock.ts';
import type { LocalCloud } from '../../compute/local-cloud.ts';
import { fillLater, newVolume } from '../../compute/volumes.ts';
import type { SnapshotRecord, VolumeRecord } from '../../store/records.ts';
import { Arguments } from '../arguments.ts';
import { ownProject } from '../auth.ts';
import { invalidArgument, notFound, preconditionFailed } from '../error.ts';
import { largestVolume, smallestVolume } from '../instance/server-request.ts';
import { pageOf, slice } from '../pagination.ts';
import { jsonBody, param, type ApiAnswer, type ApiRequest, type Route } from '../router.ts';
import { zoneOf } from '../zones.ts';

/** Volumes on block storage (`sbs`); `version` is the API's: v1 and its older name v1alpha1. */
export function blockVolumeRoutes(cloud: LocalCloud, version: string): readonly Route[] {
  const base = `/block/${version}/zones/:zone/volumes`;
  return [
    { method: 'GET', pattern: base, handler: (request) => list(cloud, request) },
    { method: 'POST', pattern: base, handler: (request) => create(cloud, request) },
    {
      method: 'GET',
      pattern: `${base}/:id`,
      handler: (request) => ({ status: 200, body: blockVolumeView(volumeOf(cloud, request)) }),
    },
    { method: 'PATCH', pattern: `${base}/:id`, handler: (request) => update(cloud, request) },
    { method: 'DELETE', pattern: `${base}/:id`, handler: (request) => remove(cloud, request) },
  ];
}

function volumeOf(cloud: LocalCloud, request: ApiRequest): VolumeRecord {
  const id = param(request, 'id');
  const volume = cloud.store.get('volume', id);
  if (volume?.zone !== zoneOf(request) || volume.kind !== 'sbs') throw notFound('volume', id);
  return volume;
}

function list(cloud: LocalCloud, request: ApiRequest): ApiAnswer {
  const zone = zoneOf(request);
  const { query } = request;
  const attachedTo = query.get('product_resource_id');
  const all = cloud.store
    .list('volume')
    .filter(
      (volume) =>
        volume.zone === zone &&
        volume.kind === 'sbs' &&
        volume.name.includes(query.get('name') ?? '') &&
        (query.get('project_id') ?? volume.projectId) === volume.projectId &&
        (attachedTo === null || volume.serverId === attachedTo),
    );
  return {
    status: 200,
    body: { volumes: slice(all, pageOf(query, 'page_size')).map(blockVolumeView), total_count: all.length },
  };
}

function create(cloud: LocalCloud, request: ApiRequest): ApiAnswer {
  const zone = zoneOf(request);
  const body = jsonBody(request);
  const projectId = ownProject(body, cloud.identity, 'block_storage');
  const fields = new Arguments(body);
  const name = fields.text('name', { longest: 255 }) ?? 'volume';
  const tags = fields.texts('tags') ?? [];
  const iops = iopsOf(fields);
  const empty = fields.object('from_empty');
  const copied = fields.object('from_snapshot');
  if ((empty === undefined) === (copied === undefined)) {
    fields.refuse('from_empty', 'required', 'one of from_empty and from_snapshot is required');
  }
  const source = new Arguments(empty ?? copied ?? {});
  const snapshot = copied === undefined ? undefined : sourceSnapshot(cloud, zone, source);
  const size = source.integer('size', { least: smallestVolume, most: largestVolume }) ?? snapshot?.size;
  if (size === undefined) source.refuse('size', 'required', 'is required');
  fields.check();
  source.check();
  if (snapshot !== undefined && (size ?? 0) < snapshot.size) {
    throw invalidArgument(
      'size',
      'constraint',
      `must be at least ${snapshot.size}, the size of the snapshot`,
    );
  }
  const volume = newVolume({
    zone,
    projectId,
    name,
    kind: 'sbs',
    size: size ?? 0,
    iops: iops ?? 5000,
    tags,
    parentSnapshotId: snapshot?.id ?? null,
  });
  cloud.store.commit((change) => {
    change.put('volume', volume);
  });
  fillLater(cloud, volume.id);
  return { status: 200, body: blockVolumeView(volume) };
}

function sourceSnapshot(cloud: LocalCloud, zone: string, source: Arguments): SnapshotRecord {
  const id = source.text('snapshot_id', { required: true }) ?? '';
  const snapshot = cloud.store.get('snapshot', id);
  if (snapshot?.zone !== zone || snapshot.kind !== 'sbs') throw notFound('snapshot', id);
  if (snapshot.status !== 'available') {
    throw preconditionFailed('unknown_precondition', 'the snapshot should be available');
  }
  return snapshot;
}

function iopsOf(fields: Arguments): number | undefined {
  const iops = fields.integer('perf_iops');
  if (iops !== undefined && iops !== 5000 && iops !== 15000) {
    fields.refuse('perf_iops', 'constraint', 'must be 5000 or 15000');
  }
  return iops;
}

async function update(cloud: LocalCloud, request: ApiRequest): Promise<ApiAnswer> {
  const volume = volumeOf(cloud, request);
  const fields = new Arguments(jsonBody(request));
  const changes = {
    name: fields.text('name', { longest: 255 }) ?? volume.name,
    tags: fields.texts('tags') ?? volume.tags,
    size: fields.integer('size', { least: smallestVolume, most: largestVolume }) ?? volume.size,
    iops: iopsOf(fields) ?? volume.iops,
  };
  fields.check();
  if (changes.size < volume.size)
    throw invalidArgument('size', 'constraint', 'a volume cannot be made smaller');
  await cloud.disks.grow(volume.id, changes.size);
  const changed = { ...volume, ...changes, updatedAt: now() };
  cloud.store.commit((change) => {
    change.put('volume', changed);
  });
  return { status: 200, body: blockVolumeView(changed) };
}

async function remove(cloud: LocalCloud, request: ApiRequest): Promise<ApiAnswer> {
  const volume = volumeOf(cloud, request);
  if (volume.serverId !== null) throw preconditionFailed('resource_still_in_use', 'the volume is in use');
  cloud.store.commit((change) => {
    change.remove('volume', volume.id);
  });
  await cloud.disks.remove(volume.id);
  return { status: 204 };
}

/** A volume as the block API shows it; recorded. */
function blockVolumeView(volume: VolumeRecord): object {
  const attached = volume.serverId !== null;
  return {
    id: volume.id,
    name: volume.name,
    type: volume.iops === 15000 ? 'sbs_15k' : 'sbs_5k',
    size: volume.size,
    project_id: volume.projectId,
    created_at: volume.createdAt,
    updated_at: volume.updatedAt,
    references: attached
      ? [
          {
            id: volume.referenceId,
            product_resource_type: 'instance_server',
            product_resource_id: volume.serverId,
            created_at: volume.attachedAt,
            type: 'exclusive',
            status: 'attached',
          },
        ]
      : [],
    parent_snapshot_id: volume.parentSnapshotId,
    status: attached && volume.status === 'available' ? 'in_use' : volume.status,
    tags: volume.tags,
    specs: { perf_iops: volume.iops, class: 'sbs' },
    last_detached_at: volume.lastDetachedAt,
    kms_key_id: null,
    zone: volume.zone,
  };
}
