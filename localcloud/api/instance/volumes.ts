import type { LocalCloud } from '../../compute/local-cloud.ts';
import type { VolumeRecord } from '../../store/records.ts';
import { Arguments } from '../arguments.ts';
import { ownProject } from '../auth.ts';
import { collectionRoutes } from '../collection.ts';
import { localDisks } from '../disks/disk-api.ts';
import { sourceSnapshot } from '../disks/snapshots.ts';
import { changeVolume, makeVolume, removeVolume, sizeOf, volumeOf, volumesOf } from '../disks/volumes.ts';
import { instanceList } from '../list-answer.ts';
import { jsonBody, type ApiAnswer, type ApiRequest, type Route } from '../router.ts';
import { zoneOf } from '../zones.ts';
import { volumeView } from './volume-view.ts';

/** Local volumes (`l_ssd`). Volumes on block storage are not found here, as on the real cloud. */
export function volumeRoutes(cloud: LocalCloud): readonly Route[] {
  const view = (volume: VolumeRecord): object => volumeView(cloud, volume);
  const inUse = 'a server is attached to this volume';
  return collectionRoutes('/instance/v1/zones/:zone/volumes', {
    list: (request) =>
      instanceList(request, '/volumes', volumesOf(cloud, localDisks, request, 'project'), view),
    create: (request) => ({ status: 201, body: { volume: view(create(cloud, request)) } }),
    show: (request) => ({ status: 200, body: { volume: view(volumeOf(cloud, localDisks, request)) } }),
    update: (request) => update(cloud, request),
    remove: (request) => removeVolume(cloud, volumeOf(cloud, localDisks, request), inUse),
  });
}

function create(cloud: LocalCloud, request: ApiRequest): VolumeRecord {
  const zone = zoneOf(request);
  const body = jsonBody(request);
  const projectId = ownProject(body, cloud.identity, localDisks.volumePermission);
  const fields = new Arguments(body);
  const kind = fields.oneOf('volume_type', ['l_ssd', 'sbs_volume', 'b_ssd', 'scratch']);
  if (kind !== undefined && kind !== 'l_ssd') {
    fields.refuse('volume_type', 'constraint', 'only l_ssd is made here; block volumes by the block API');
  }
  const snapshotId = fields.text('base_snapshot');
  const snapshot = snapshotId === undefined ? undefined : sourceSnapshot(cloud, localDisks, zone, snapshotId);
  const size = sizeOf(localDisks, fields, snapshot?.size);
  const name = fields.text('name', { longest: 255 }) ?? 'volume';
  const tags = fields.texts('tags') ?? [];
  fields.check();
  const parentSnapshotId = snapshot?.id ?? null;
  return makeVolume(cloud, localDisks, { zone, projectId, name, size, tags, parentSnapshotId });
}

async function update(cloud: LocalCloud, request: ApiRequest): Promise<ApiAnswer> {
  const volume = volumeOf(cloud, localDisks, request);
  const changed = await changeVolume(cloud, volume, new Arguments(jsonBody(request)));
  return { status: 200, body: { volume: volumeView(cloud, changed) } };
}
