import { randomUUID } from 'node:crypto';
import type { SnapshotRecord, VolumeRecord } from '../store/records.ts';
import { now } from './clock.ts';
import type { LocalCloud } from './local-cloud.ts';

/** What a new volume is to be. */
export interface NewVolume {
  readonly zone: string;
  readonly projectId: string;
  readonly name: string;
  readonly kind: 'l_ssd' | 'sbs';
  /** Bytes. */
  readonly size: number;
  readonly iops?: number | undefined;
  readonly tags?: readonly string[];
  readonly parentSnapshotId?: string | null;
}

/** The record of a new volume; nothing is stored yet. */
export function newVolume(wanted: NewVolume): VolumeRecord {
  const at = now();
  return {
    id: randomUUID(),
    zone: wanted.zone,
    projectId: wanted.projectId,
    name: wanted.name,
    tags: wanted.tags ?? [],
    createdAt: at,
    updatedAt: at,
    kind: wanted.kind,
    size: wanted.size,
    iops: wanted.iops ?? 5000,
    status: 'creating',
    serverId: null,
    referenceId: null,
    attachedAt: null,
    lastDetachedAt: null,
    parentSnapshotId: wanted.parentSnapshotId ?? null,
  };
}

/** Makes the disk of a volume that is stored as `creating`, goes on after the answer, and tells by the status. */
export function fillLater(cloud: LocalCloud, volumeId: string): void {
  void finish(cloud, 'volume', volumeId, async (volume: VolumeRecord) => {
    const parent = volume.parentSnapshotId;
    // The marketplace's snapshots have no disk: they are empty.
    const copyOf = parent !== null && cloud.store.get('snapshot', parent) ? parent : undefined;
    await cloud.disks.create(volume.id, volume.size, copyOf);
  });
}

/** Copies a volume's disk to a snapshot that is stored as `creating`. */
export function snapshotLater(cloud: LocalCloud, snapshotId: string): void {
  void finish(cloud, 'snapshot', snapshotId, async (snapshot: SnapshotRecord) => {
    if (snapshot.volumeId === null) throw new Error('the snapshot has no volume');
    await cloud.disks.create(snapshot.id, snapshot.size, snapshot.volumeId);
  });
}

/** After a start of the daemon: goes on with what the last one did not finish. */
export function resumeDisks(cloud: LocalCloud): void {
  for (const volume of cloud.store.list('volume'))
    if (volume.status === 'creating') fillLater(cloud, volume.id);
  for (const snapshot of cloud.store.list('snapshot')) {
    if (snapshot.status === 'creating') snapshotLater(cloud, snapshot.id);
  }
}

async function finish<T extends 'volume' | 'snapshot'>(
  cloud: LocalCloud,
  table: T,
  id: string,
  fill: (record: T extends 'volume' ? VolumeRecord : SnapshotRecord) => Promise<void>,
): Promise<void> {
  type Found = T extends 'volume' ? VolumeRecord : SnapshotRecord;
  const before = cloud.store.get(table, id);
  if (before === undefined) return;
  let status: 'available' | 'error' = 'available';
  try {
    await fill(before as Found);
    await cloud.pace(id, 'volume');
  } catch (thrown) {
    status = 'error';
    cloud.log(`${table} ${id}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
  const after = cloud.store.get(table, id);
  if (after === undefined) {
    // Deleted in the meantime: its file goes too.
    await cloud.disks.remove(id);
    return;
  }
  try {
    cloud.store.commit((change) => {
      change.put(table, { ...after, status, updatedAt: now() });
    });
  } catch (thrown) {
    // Nobody waits for this. It stays `creating`, and the daemon's next start does it again.
    cloud.log(`${table} ${id}: its end was not written down: ${(thrown as Error).message}`);
  }
}
