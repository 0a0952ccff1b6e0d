import type { CloudRef } from '../clouds/cloud.ts';
import type { NetworkScript } from '../components/boot-script/args.ts';
import type { BootProof } from '../components/network-boot/args.ts';
import type { RolloutPolicy } from '../components/rollout/policy.ts';

/**
 * A fleet file after loading: validated, defaults filled in, groups expanded to servers. The file's own form is
 * described by fleet.schema.json and on the page docs/fleet-file.md.
 */
export interface FleetFile {
  /** Absolute path of the file itself. */
  readonly file: string;
  /** The fleet's name. */
  readonly fleet: string;
  readonly cloud: CloudRef;
  /** In the file's order. */
  readonly images: readonly FleetImage[];
  /** In the file's order, each group's by number. */
  readonly servers: readonly FleetServer[];
  /** The `rollout` section with the schema's defaults; `undefined` when the file has none. */
  readonly rollout: RolloutPolicy | undefined;
  /** Seconds that the fleet is meant to live; `undefined` for a lasting one. */
  readonly ttl: number | undefined;
}

/** A path as written and as found. */
export interface FilePath {
  /** As in the fleet file, relative to it. */
  readonly given: string;
  /** Absolute. */
  readonly resolved: string;
}

/** One image of the file. */
export interface FleetImage {
  readonly name: string;
  readonly img: FilePath;
  readonly fs: FilePath | undefined;
  /** `undefined`: what the files' names say, if they do. */
  readonly build: string | undefined;
  readonly checksums: readonly FilePath[];
  /** The public key of signify. */
  readonly signify: FilePath | undefined;
}

/** What all servers of the file have. */
interface AnyServer {
  /** `<group>-<number>`. */
  readonly name: string;
  readonly group: string;
  readonly type: string;
  /** GB. */
  readonly disk: number;
  readonly tags: readonly string[];
  /** TCP ports to open beside those of SSH and the health checks. */
  readonly ports: readonly number[];
}

/** How bootfleet logs in. */
export interface FleetSsh {
  readonly user: string;
  readonly key: FilePath;
  readonly port: number;
}

/** A server whose image is written to its disk. */
export interface InstalledServer extends AnyServer {
  /** A name in `images`. */
  readonly image: string;
  readonly boot: {
    readonly mode: 'ipxe-console';
    /** A new value writes the disk again. */
    readonly reinstall: string | undefined;
    readonly waits: Readonly<Record<string, number>> | undefined;
  };
  readonly ssh: FleetSsh;
  readonly networkBoot?: undefined;
}

/** A server that boots from the network. */
export interface NetworkServer extends AnyServer {
  readonly networkBoot: {
    readonly mode: 'ipxe-console';
    readonly script: NetworkScript;
    readonly proof: BootProof;
    /** Seconds from the loaded script to its proof. */
    readonly within: number;
    /** A new value boots it again. */
    readonly restart: string | undefined;
    readonly waits: Readonly<Record<string, number>> | undefined;
  };
  readonly ssh: FleetSsh | undefined;
}

/** One server of the file. */
export type FleetServer = InstalledServer | NetworkServer;
