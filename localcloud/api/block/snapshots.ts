import type { LocalCloud } from '../../compute/local-cloud.ts';
import { snapshotLater } from '../../compute/volumes.ts';
import type { SnapshotRecord } from '../../store/records.ts';
import { collectionRoutes } from '../collection.ts';
import { blockDisks } from '../disks/disk-api.ts';
import { changeSnapshot, makeSnapshot, removeSnapshot, snapshotOf, snapshotsOf } from '../disks/snapshots.ts';
import { blockList } from '../list-answer.ts';
import type { Route } from '../router.ts';

/** Snapshots of block volumes. */
export function blockSnapshotRoutes(cloud: LocalCloud, version: string): readonly Route[] {
  const view = (snapshot: SnapshotRecord): object => snapshotView(cloud, snapshot);
  return collectionRoutes(`/block/${version}/zones/:zone/snapshots`, {
    list: (request) => blockList(request, 'snapshots', snapshotsOf(cloud, blockDisks, request), view),
    create: (request) => {
      const snapshot = makeSnapshot(cloud, blockDisks, request);
      const body = view(snapshot);
      snapshotLater(cloud, snapshot.id);
      return { status: 200, body };
    },
    show: (request) => ({ status: 200, body: view(snapshotOf(cloud, blockDisks, request)) }),
    update: (request) => ({ status: 200, body: view(changeSnapshot(cloud, blockDisks, request)) }),
    remove: (request) => removeSnapshot(cloud, snapshotOf(cloud, blockDisks, request)),
  });
}

/** A snapshot as the block API shows it. */
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
