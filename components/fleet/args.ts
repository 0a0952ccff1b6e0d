import type { CloudRef } from '../../clouds/cloud.ts';
import type { BootWaits } from '../boot-mode/waits.ts';
import type { NetworkScript } from '../boot-script/args.ts';
import type { BootProof } from '../network-boot/args.ts';
import type { RolloutPolicy } from '../rollout/policy.ts';
import type { ServerTransform } from '../server/server.ts';
import type { Creation } from './abandoned/creation.ts';

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
  /**
   * Called before the program ends although the engine has not told what became of all resources: a creation failed, or
   * the connection ended. Told are those that may have been made all the same. Default: nothing is called.
   */
  readonly onCutOff?: ((unknown: readonly Creation[]) => Promise<void>) | undefined;
}

/** One image of a fleet; see `ImageArtifactArgs`. */
export interface FleetImageArgs {
  /** Example: `images/edge-20261121_0900.img`. */
  readonly img: string;
  /** Example: `images/edge-20261121_0900.fs`. */
  readonly fs?: string | undefined;
  /** As /resflash/BUILD says it. Default: from the files' names. Example: `20261121_0900`. */
  readonly build?: string | undefined;
  /** Example: `['images/edge-20261121_0900.fs.cksum']`. */
  readonly checksums?: readonly string[] | undefined;
  /** Example: `{ signify: 'keys/edge.pub' }`. */
  readonly signature?: { readonly signify: string } | undefined;
}

/** What all servers of a fleet have. */
interface AnyServerArgs {
  /** Unique in the fleet; keep it, and the server is kept. Example: `edge-1`. */
  readonly name: string;
  /** Servers of one group share a security group, and a script when they boot from the network. Example: `edge`. */
  readonly group: string;
  /** Example: `START1-XS`. */
  readonly type: string;
  /** GB. Default: what the type comes with. Example: `25`. */
  readonly disk?: number | undefined;
  /** Whether another type makes another server. Default: whether the type has a local disk. Example: `true`. */
  readonly replaceOnTypeChange?: boolean | undefined;
  /** Example: `['demo']`. Default: none. */
  readonly tags?: readonly string[] | undefined;
  /** TCP ports to open beside those of SSH and the health checks. Example: `[443]`. Default: none. */
  readonly ports?: readonly number[] | undefined;
}

/** How to log in to a server. Example: `{ user: 'root', keyFile: 'keys/edge_ed25519' }`. */
export interface FleetSshArgs {
  readonly user: string;
  readonly keyFile: string;
  readonly port?: number | undefined;
}

/** A server whose image is written to its disk. */
export interface InstalledServerArgs extends AnyServerArgs {
  /** A name in `images`. Example: `edge`. */
  readonly image: string;
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
  readonly ssh: FleetSshArgs;
  readonly networkBoot?: undefined;
}

/** A server that boots from the network. */
export interface NetworkServerArgs extends AnyServerArgs {
  readonly networkBoot: {
    /** Default: `ipxe-console`. Example: `ipxe-console`. */
    readonly mode?: 'ipxe-console' | undefined;
    /** The same for all servers of a group. Example: `{ kind: 'iso', url: 'http://boot.example.org/cd.iso' }`. */
    readonly script: NetworkScript;
    /** Example: `{ kind: 'console', pattern: 'login: ' }`. */
    readonly proof: BootProof;
    /** Seconds from the loaded script to its proof. Default: 420. */
    readonly within?: number | undefined;
    /** Any new value boots it again. Example: `2026-11-21`. */
    readonly restart?: string | undefined;
    /** How long to wait for what, in seconds. Example: `{ prompt: 600 }`. Default: see `defaultWaits`. */
    readonly waits?: Partial<BootWaits> | undefined;
  };
  /** Needed when SSH is the proof. */
  readonly ssh?: FleetSshArgs | undefined;
}

/** One server of a fleet. */
export type FleetServerArgs = InstalledServerArgs | NetworkServerArgs;

/** The servers that have their image on their disk. */
export function installedServers(servers: readonly FleetServerArgs[]): InstalledServerArgs[] {
  return servers.filter((server) => server.networkBoot === undefined);
}
