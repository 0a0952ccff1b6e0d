import { randomUUID } from 'node:crypto';
import type { SnapshotRecord, VolumeRecord } from '../store/records.ts';
import { now } from './clock.ts';

/** The record of a snapshot to be made of a volume; its disk is copied by `snapshotLater`. */
export function newSnapshot(
  volume: VolumeRecord,
  name: string,
  tags: readonly string[] = [],
): SnapshotRecord {
  const at = now();
  return {
    id: randomUUID(),
    zone: volume.zone,
    projectId: volume.projectId,
    name,
    tags,
    createdAt: at,
    updatedAt: at,
    kind: volume.kind,
    size: volume.size,
    status: 'creating',
    volumeId: volume.id,
    volumeName: volume.name,
    volumeIops: volume.iops,
  };
}
