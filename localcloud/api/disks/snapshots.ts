import { now } from '../../compute/clock.ts';
import type { LocalCloud } from '../../compute/local-cloud.ts';
import { newSnapshot } from '../../compute/snapshots.ts';
import type { SnapshotRecord } from '../../store/records.ts';
import { Arguments } from '../arguments.ts';
import { ownProject } from '../auth.ts';
import { notFound, preconditionFailed, transientState } from '../error.ts';
import { jsonBody, param, type ApiAnswer, type ApiRequest } from '../router.ts';
import { zoneOf } from '../zones.ts';
import type { DiskApi } from './disk-api.ts';
import { volumeNamed } from './volumes.ts';

/** The snapshot that a request names. @throws 404, also for a snapshot of the other API. */
export function snapshotOf(cloud: LocalCloud, api: DiskApi, request: ApiRequest): SnapshotRecord {
  return snapshotNamed(cloud, api, zoneOf(request), param(request, 'id'));
}

function snapshotNamed(cloud: LocalCloud, api: DiskApi, zone: string, id: string): SnapshotRecord {
  const snapshot = cloud.store.get('snapshot', id);
  if (snapshot?.zone !== zone || snapshot.kind !== api.kind) throw notFound(api.snapshot, id);
  return snapshot;
}

/** The snapshot to make a volume of. @throws 404; 400 while it is not whole. */
export function sourceSnapshot(cloud: LocalCloud, api: DiskApi, zone: string, id: string): SnapshotRecord {
  const snapshot = snapshotNamed(cloud, api, zone, id);
  if (snapshot.status !== 'available')
    throw preconditionFailed('unknown_precondition', 'the snapshot should be available');
  return snapshot;
}

/** The snapshots of the request's zone. */
export function snapshotsOf(cloud: LocalCloud, api: DiskApi, request: ApiRequest): SnapshotRecord[] {
  const zone = zoneOf(request);
  return cloud.store.list('snapshot').filter((one) => one.zone === zone && one.kind === api.kind);
}

/** Stores a new snapshot as a request asks for it, still `creating`: the caller answers, then calls `snapshotLater`. */
export function makeSnapshot(cloud: LocalCloud, api: DiskApi, request: ApiRequest): SnapshotRecord {
  const zone = zoneOf(request);
  const body = jsonBody(request);
  ownProject(body, cloud.identity, api.snapshotPermission);
  const fields = new Arguments(body);
  const volumeId = fields.text('volume_id', { required: true }) ?? '';
  const name = fields.text('name', { longest: 255 }) ?? 'snapshot';
  const tags = fields.texts('tags') ?? [];
  fields.check();
  const volume = volumeNamed(cloud, api, zone, volumeId);
  if (volume.status === 'creating') throw transientState(api.volume, volumeId, volume.status);
  const snapshot = newSnapshot(volume, name, tags);
  cloud.store.commit((change) => {
    change.put('snapshot', snapshot);
  });
  return snapshot;
}

/** Changes name and tags as a request says. */
export function changeSnapshot(cloud: LocalCloud, api: DiskApi, request: ApiRequest): SnapshotRecord {
  const snapshot = snapshotOf(cloud, api, request);
  const fields = new Arguments(jsonBody(request));
  const name = fields.text('name', { longest: 255 }) ?? snapshot.name;
  const tags = fields.texts('tags') ?? snapshot.tags;
  fields.check();
  const changed = { ...snapshot, name, tags, updatedAt: now() };
  cloud.store.commit((change) => {
    change.put('snapshot', changed);
  });
  return changed;
}

/** Removes a snapshot and its disk. @throws 400 while an image is made of it. */
export async function removeSnapshot(cloud: LocalCloud, snapshot: SnapshotRecord): Promise<ApiAnswer> {
  const used = cloud.store
    .list('image')
    .some((image) => [image.rootSnapshotId, ...Object.values(image.extraSnapshotIds)].includes(snapshot.id));
  if (used) throw preconditionFailed('resource_still_in_use', 'the snapshot is used by an image');
  await cloud.disks.removeWith(snapshot.id, () => {
    cloud.store.commit((change) => {
      change.remove('snapshot', snapshot.id);
    });
  });
  return { status: 204 };
}
