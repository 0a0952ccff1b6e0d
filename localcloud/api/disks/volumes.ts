import { now } from '../../compute/clock.ts';
import type { LocalCloud } from '../../compute/local-cloud.ts';
import { fillLater, newVolume, type NewVolume } from '../../compute/volumes.ts';
import type { VolumeRecord } from '../../store/records.ts';
import type { Arguments } from '../arguments.ts';
import { invalidArgument, notFound, preconditionFailed } from '../error.ts';
import { param, type ApiAnswer, type ApiRequest } from '../router.ts';
import { zoneOf } from '../zones.ts';
import { largestVolume, smallestVolume, type DiskApi } from './disk-api.ts';

/** The volume that a request names. @throws 404, also for a volume of the other API. */
export function volumeOf(cloud: LocalCloud, api: DiskApi, request: ApiRequest): VolumeRecord {
  return volumeNamed(cloud, api, zoneOf(request), param(request, 'id'));
}

/** The volume with an id. @throws 404 */
export function volumeNamed(cloud: LocalCloud, api: DiskApi, zone: string, id: string): VolumeRecord {
  const volume = cloud.store.get('volume', id);
  if (volume?.zone !== zone || volume.kind !== api.kind) throw notFound(api.volume, id);
  return volume;
}

/**
 * The volumes of the request's zone, those only whose name holds the query's `name`.
 *
 * @param projectName what the API calls the project in a query.
 */
export function volumesOf(
  cloud: LocalCloud,
  api: DiskApi,
  request: ApiRequest,
  projectName: 'project' | 'project_id',
): VolumeRecord[] {
  const zone = zoneOf(request);
  const name = request.query.get('name') ?? '';
  const project = request.query.get(projectName);
  return cloud.store
    .list('volume')
    .filter((volume) => volume.zone === zone && volume.kind === api.kind && volume.name.includes(name))
    .filter((volume) => project === null || project === volume.projectId);
}

/** The size of a new volume that a request asks for, in bytes; what is wrong with it is noted in `fields`. */
export function sizeOf(api: DiskApi, fields: Arguments, otherwise: number | undefined): number {
  const required = otherwise === undefined;
  return fields.integer('size', { required, least: smallestVolume, most: api.largestNew }) ?? otherwise ?? 0;
}

/** Stores a new volume; its disk is made after the answer. */
export function makeVolume(cloud: LocalCloud, api: DiskApi, wanted: Omit<NewVolume, 'kind'>): VolumeRecord {
  const volume = newVolume({ ...wanted, kind: api.kind });
  cloud.store.commit((change) => {
    change.put('volume', volume);
  });
  fillLater(cloud, volume.id);
  return volume;
}

/**
 * Changes name, tags and size as a request says; the disk grows at once.
 *
 * @param iops also changes these; only block volumes have them.
 * @throws 400 when a field is wrong, or the volume would become smaller.
 */
export async function changeVolume(
  cloud: LocalCloud,
  volume: VolumeRecord,
  fields: Arguments,
  iops = volume.iops,
): Promise<VolumeRecord> {
  const changes = {
    name: fields.text('name', { longest: 255 }) ?? volume.name,
    tags: fields.texts('tags') ?? volume.tags,
    size: fields.integer('size', { least: smallestVolume, most: largestVolume }) ?? volume.size,
    iops,
  };
  fields.check();
  if (changes.size < volume.size)
    throw invalidArgument('size', 'constraint', 'a volume cannot be made smaller');
  await cloud.disks.grow(volume.id, changes.size);
  const changed = { ...volume, ...changes, updatedAt: now() };
  cloud.store.commit((change) => {
    change.put('volume', changed);
  });
  return changed;
}

/** Removes a volume and its disk. @param inUse what is answered when a server holds it. @throws 400 */
export async function removeVolume(
  cloud: LocalCloud,
  volume: VolumeRecord,
  inUse: string,
): Promise<ApiAnswer> {
  if (volume.serverId !== null) throw preconditionFailed('resource_still_in_use', inUse);
  await cloud.disks.removeWith(volume.id, () => {
    cloud.store.commit((change) => {
      change.remove('volume', volume.id);
    });
  });
  return { status: 204 };
}
