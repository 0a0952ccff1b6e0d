import { now } from '../../compute/clock.ts';
import type { LocalCloud } from '../../compute/local-cloud.ts';
import { fillLater, newVolume } from '../../compute/volumes.ts';
import type { VolumeRecord } from '../../store/records.ts';
import { Arguments } from '../arguments.ts';
import { ownProject } from '../auth.ts';
import { invalidArgument, notFound, preconditionFailed } from '../error.ts';
import { pageHeaders, pageOf, slice } from '../pagination.ts';
import { jsonBody, param, type ApiAnswer, type ApiRequest, type Route } from '../router.ts';
import { zoneOf } from '../zones.ts';
import { largestVolume, smallestVolume } from './server-request.ts';
import { volumeView } from './volume-view.ts';

const base = '/instance/v1/zones/:zone/volumes';

/** Local volumes (`l_ssd`). Volumes on block storage are not found here, as on the real cloud. */
export function volumeRoutes(cloud: LocalCloud): readonly Route[] {
  return [
    { method: 'GET', pattern: base, handler: (request) => list(cloud, request) },
    { method: 'POST', pattern: base, handler: (request) => create(cloud, request) },
    {
      method: 'GET',
      pattern: `${base}/:id`,
      handler: (request) => ({ status: 200, body: { volume: volumeView(cloud, volumeOf(cloud, request)) } }),
    },
    { method: 'PATCH', pattern: `${base}/:id`, handler: (request) => update(cloud, request) },
    { method: 'DELETE', pattern: `${base}/:id`, handler: (request) => remove(cloud, request) },
  ];
}

function volumeOf(cloud: LocalCloud, request: ApiRequest): VolumeRecord {
  const id = param(request, 'id');
  const volume = cloud.store.get('volume', id);
  if (volume?.zone !== zoneOf(request) || volume.kind !== 'l_ssd') throw notFound('instance_volume', id);
  return volume;
}

function list(cloud: LocalCloud, request: ApiRequest): ApiAnswer {
  const zone = zoneOf(request);
  const page = pageOf(request.query, 'per_page');
  const { query } = request;
  const all = cloud.store
    .list('volume')
    .filter(
      (volume) =>
        volume.zone === zone &&
        volume.kind === 'l_ssd' &&
        volume.name.includes(query.get('name') ?? '') &&
        (query.get('project') ?? volume.projectId) === volume.projectId,
    );
  return {
    status: 200,
    body: { volumes: slice(all, page).map((volume) => volumeView(cloud, volume)) },
    headers: pageHeaders('/volumes', all.length, page),
  };
}

function create(cloud: LocalCloud, request: ApiRequest): ApiAnswer {
  const zone = zoneOf(request);
  const body = jsonBody(request);
  const projectId = ownProject(body, cloud.identity, 'instance_volume');
  const fields = new Arguments(body);
  const kind = fields.oneOf('volume_type', ['l_ssd', 'sbs_volume', 'b_ssd', 'scratch']);
  if (kind !== undefined && kind !== 'l_ssd') {
    fields.refuse('volume_type', 'constraint', 'only l_ssd is made here; block volumes by the block API');
  }
  const snapshotId = fields.text('base_snapshot');
  const snapshot = snapshotId === undefined ? undefined : cloud.store.get('snapshot', snapshotId);
  const size = fields.integer('size', { least: smallestVolume, most: 800_000_000_000 }) ?? snapshot?.size;
  if (size === undefined) fields.refuse('size', 'required', 'is required');
  const name = fields.text('name', { longest: 255 }) ?? 'volume';
  const tags = fields.texts('tags') ?? [];
  fields.check();
  if (snapshotId !== undefined && snapshot === undefined) throw notFound('instance_snapshot', snapshotId);
  const volume = newVolume({
    zone,
    projectId,
    name,
    kind: 'l_ssd',
    size: size ?? 0,
    tags,
    parentSnapshotId: snapshotId ?? null,
  });
  cloud.store.commit((change) => {
    change.put('volume', volume);
  });
  fillLater(cloud, volume.id);
  return { status: 201, body: { volume: volumeView(cloud, volume) } };
}

async function update(cloud: LocalCloud, request: ApiRequest): Promise<ApiAnswer> {
  const volume = volumeOf(cloud, request);
  const fields = new Arguments(jsonBody(request));
  const changes = {
    name: fields.text('name', { longest: 255 }) ?? volume.name,
    tags: fields.texts('tags') ?? volume.tags,
    size: fields.integer('size', { least: smallestVolume, most: largestVolume }) ?? volume.size,
  };
  fields.check();
  if (changes.size < volume.size)
    throw invalidArgument('size', 'constraint', 'a volume cannot be made smaller');
  await cloud.disks.grow(volume.id, changes.size);
  const changed = { ...volume, ...changes, updatedAt: now() };
  cloud.store.commit((change) => {
    change.put('volume', changed);
  });
  return { status: 200, body: { volume: volumeView(cloud, changed) } };
}

async function remove(cloud: LocalCloud, request: ApiRequest): Promise<ApiAnswer> {
  const volume = volumeOf(cloud, request);
  if (volume.serverId !== null) {
    throw preconditionFailed('resource_still_in_use', 'a server is attached to this volume');
  }
  cloud.store.commit((change) => {
    change.remove('volume', volume.id);
  });
  await cloud.disks.remove(volume.id);
  return { status: 204 };
}
