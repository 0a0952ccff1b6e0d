import { instanceTime, now } from '../../compute/clock.ts';
import type { LocalCloud } from '../../compute/local-cloud.ts';
import { snapshotLater } from '../../compute/volumes.ts';
import type { SnapshotRecord } from '../../store/records.ts';
import { Arguments } from '../arguments.ts';
import { collectionRoutes } from '../collection.ts';
import { localDisks } from '../disks/disk-api.ts';
import { changeSnapshot, makeSnapshot, removeSnapshot, snapshotOf, snapshotsOf } from '../disks/snapshots.ts';
import { invalidArgument } from '../error.ts';
import { instanceList } from '../list-answer.ts';
import { jsonBody, type ApiAnswer, type ApiRequest, type Route } from '../router.ts';

/** Snapshots of local volumes. */
export function snapshotRoutes(cloud: LocalCloud): readonly Route[] {
  const view = (snapshot: SnapshotRecord): object => snapshotView(cloud, snapshot);
  return collectionRoutes('/instance/v1/zones/:zone/snapshots', {
    list: (request) => instanceList(request, '/snapshots', snapshotsOf(cloud, localDisks, request), view),
    create: (request) => create(cloud, request),
    show: (request) => ({ status: 200, body: { snapshot: view(snapshotOf(cloud, localDisks, request)) } }),
    update: (request) => ({
      status: 200,
      body: { snapshot: view(changeSnapshot(cloud, localDisks, request)) },
    }),
    remove: (request) => removeSnapshot(cloud, snapshotOf(cloud, localDisks, request)),
  });
}

function create(cloud: LocalCloud, request: ApiRequest): ApiAnswer {
  if (new Arguments(jsonBody(request)).has('bucket')) {
    throw invalidArgument('bucket', 'unknown', 'the embedded cloud imports no snapshots from object storage');
  }
  const snapshot = makeSnapshot(cloud, localDisks, request);
  const body = {
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
      zone: snapshot.zone,
    },
  };
  snapshotLater(cloud, snapshot.id);
  return { status: 201, body };
}

/** A snapshot as the instance API shows it. */
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
