import type { CloudRef } from '../../clouds/cloud.ts';
import type { BootWaits } from '../boot-mode/waits.ts';
import type { RolloutPolicy } from '../rollout/policy.ts';
import type { ServerTransform } from '../server/server.ts';

/** Arguments of a `Fleet`. Paths are absolute, or relative to the project's folder. */
export interface FleetArgs {
  /** Example: `{ kind: 'scaleway', zone: 'fr-par-1', endpoint: 'local' }`. */
  readonly cloud: CloudRef;
  /** By name. Example: `{ edge: { img: 'images/edge-20261121_0900.img' } }`. */
  readonly images: Readonly<Record<string, FleetImageArgs>>;
  /** One entry a server. Example: `[{ name: 'edge-1', group: 'edge', type: 'START1-XS', image: 'edge', ssh }]`. */
  readonly servers: readonly FleetServerArgs[];
  /** How a new `fs` reaches the servers. Without it nothing is upgraded. Example: `{ waves: [1, '100%'] }`. */
  readonly rollout?: RolloutPolicy | undefined;
  /** Seconds that the fleet is meant to live; a tag says so. Example: `7200`. */
  readonly ttl?: number | undefined;
  /** Edits the arguments of the underlying resources of each server. Example: `{ ip: (args) => args }`. */
  readonly transform?: ServerTransform | undefined;
}

/** One image of a fleet; see `ImageArtifactArgs`. */
export interface FleetImageArgs {
  /** Example: `images/edge-20261121_0900.img`. */
  readonly img: string;
  /** Example: `images/edge-20261121_0900.fs`. */
  readonly fs?: string | undefined;
  /** Example: `['images/edge-20261121_0900.fs.cksum']`. */
  readonly checksums?: readonly string[] | undefined;
  /** Example: `{ signify: 'keys/edge.pub' }`. */
  readonly signature?: { readonly signify: string } | undefined;
}

/** One server of a fleet. */
export interface FleetServerArgs {
  /** Unique in the fleet; keep it, and the server is kept. Example: `edge-1`. */
  readonly name: string;
  /** Servers of one group share a security group. Example: `edge`. */
  readonly group: string;
  /** Example: `START1-XS`. */
  readonly type: string;
  /** A name in `images`. Example: `edge`. */
  readonly image: string;
  /** GB. Default: what the type comes with. Example: `25`. */
  readonly disk?: number | undefined;
  readonly boot?:
    | {
        /** Default: `ipxe-console`. Example: `ipxe-console`. */
        readonly mode?: 'ipxe-console' | undefined;
        /** Any new value writes the disk again; all data on it is lost. Example: `2026-11-21`. */
        readonly reinstall?: string | undefined;
        /** How long to wait for what, in seconds. Example: `{ boot: 600 }`. Default: see `defaultWaits`. */
        readonly waits?: Partial<BootWaits> | undefined;
      }
    | undefined;
  /** Example: `{ user: 'root', keyFile: 'keys/edge_ed25519' }`. */
  readonly ssh: { readonly user: string; readonly keyFile: string; readonly port?: number | undefined };
  /** Example: `['demo']`. Default: none. */
  readonly tags?: readonly string[] | undefined;
  /** TCP ports to open beside those of SSH and the health checks. Example: `[443]`. Default: none. */
  readonly ports?: readonly number[] | undefined;
}
