import type { LocalCloud } from '../../compute/local-cloud.ts';
import type { VolumeRecord } from '../../store/records.ts';
import { Arguments } from '../arguments.ts';
import { ownProject } from '../auth.ts';
import { collectionRoutes } from '../collection.ts';
import { blockDisks } from '../disks/disk-api.ts';
import { sourceSnapshot } from '../disks/snapshots.ts';
import { changeVolume, makeVolume, removeVolume, sizeOf, volumeOf, volumesOf } from '../disks/volumes.ts';
import { invalidArgument } from '../error.ts';
import { blockList } from '../list-answer.ts';
import { jsonBody, type ApiAnswer, type ApiRequest, type Route } from '../router.ts';
import { zoneOf } from '../zones.ts';

/** Volumes on block storage (`sbs`); `version` is the API's: v1 and its older name v1alpha1. */
export function blockVolumeRoutes(cloud: LocalCloud, version: string): readonly Route[] {
  return collectionRoutes(`/block/${version}/zones/:zone/volumes`, {
    list: (request) => list(cloud, request),
    create: (request) => create(cloud, request),
    show: (request) => ({ status: 200, body: blockVolumeView(volumeOf(cloud, blockDisks, request)) }),
    update: (request) => update(cloud, request),
    remove: (request) => removeVolume(cloud, volumeOf(cloud, blockDisks, request), 'the volume is in use'),
  });
}

function list(cloud: LocalCloud, request: ApiRequest): ApiAnswer {
  const attachedTo = request.query.get('product_resource_id');
  const found = volumesOf(cloud, blockDisks, request, 'project_id').filter(
    (volume) => attachedTo === null || volume.serverId === attachedTo,
  );
  return blockList(request, 'volumes', found, blockVolumeView);
}

function create(cloud: LocalCloud, request: ApiRequest): ApiAnswer {
  const zone = zoneOf(request);
  const body = jsonBody(request);
  const projectId = ownProject(body, cloud.identity, blockDisks.volumePermission);
  const fields = new Arguments(body);
  const name = fields.text('name', { longest: 255 }) ?? 'volume';
  const tags = fields.texts('tags') ?? [];
  const iops = iopsOf(fields);
  const empty = fields.object('from_empty');
  const copied = fields.object('from_snapshot');
  if ((empty === undefined) === (copied === undefined)) {
    fields.refuse('from_empty', 'required', 'one of from_empty and from_snapshot is required');
  }
  fields.check();
  const source = new Arguments(empty ?? copied ?? {});
  const snapshotId = copied && source.text('snapshot_id', { required: true });
  source.check();
  const snapshot = snapshotId === undefined ? undefined : sourceSnapshot(cloud, blockDisks, zone, snapshotId);
  const size = sizeOf(blockDisks, source, snapshot?.size);
  source.check();
  if (snapshot !== undefined && size < snapshot.size) {
    throw invalidArgument(
      'size',
      'constraint',
      `must be at least ${snapshot.size}, the size of the snapshot`,
    );
  }
  const parentSnapshotId = snapshot?.id ?? null;
  const volume = makeVolume(cloud, blockDisks, { zone, projectId, name, size, iops, tags, parentSnapshotId });
  return { status: 200, body: blockVolumeView(volume) };
}

async function update(cloud: LocalCloud, request: ApiRequest): Promise<ApiAnswer> {
  const volume = volumeOf(cloud, blockDisks, request);
  const fields = new Arguments(jsonBody(request));
  const changed = await changeVolume(cloud, volume, fields, iopsOf(fields));
  return { status: 200, body: blockVolumeView(changed) };
}

function iopsOf(fields: Arguments): number | undefined {
  const iops = fields.integer('perf_iops');
  if (iops !== undefined && iops !== 5000 && iops !== 15000) {
    fields.refuse('perf_iops', 'constraint', 'must be 5000 or 15000');
  }
  return iops;
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
