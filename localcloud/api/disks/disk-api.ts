import type { VolumeRecord } from '../../store/records.ts';
import type { ResourceName } from '../error.ts';

/**
 * One of the two APIs over volumes and snapshots. Both do the same with their own kind and never show the other's, as
 * on the real cloud; they differ in names, in limits and in what an answer looks like.
 */
export interface DiskApi {
  /** The kind of volume that it is for. */
  readonly kind: VolumeRecord['kind'];
  /** What it calls a volume and a snapshot in errors. */
  readonly volume: ResourceName;
  readonly snapshot: ResourceName;
  /** The permission that making one needs. */
  readonly volumePermission: string;
  readonly snapshotPermission: string;
  /** The largest new volume, in bytes. */
  readonly largestNew: number;
}

/** The smallest volume, in bytes. */
export const smallestVolume = 1_000_000_000;

/** The largest volume on block storage, in bytes. */
export const largestVolume = 10_000_000_000_000;

/** The instance API: volumes on the server's own machine. */
export const localDisks: DiskApi = {
  kind: 'l_ssd',
  volume: 'instance_volume',
  snapshot: 'instance_snapshot',
  volumePermission: 'instance_volume',
  snapshotPermission: 'instance_snapshot',
  largestNew: 800_000_000_000,
};

/** The block API: volumes on block storage. */
export const blockDisks: DiskApi = {
  kind: 'sbs',
  volume: 'volume',
  snapshot: 'snapshot',
  volumePermission: 'block_storage',
  snapshotPermission: 'block_storage',
  largestNew: largestVolume,
};
