import * as pulumi from '@pulumi/pulumi';
import type { CloudRef, PowerState } from '../../clouds/cloud.ts';
import { HandledResource, type ResourceKind } from '../handled-resource.ts';
import { relativePath } from '../relative-path.ts';
import type { BootImage, BootModeName, HostKeySource, SshLogin } from './args.ts';
import type { BootWaits } from './waits.ts';

/** Arguments of a `BootMode`. */
export interface BootModeArgs {
  /** The cloud of the server. Example: `{ kind: 'scaleway', zone: 'fr-par-1' }`. */
  readonly cloud: CloudRef;
  /** The server's id. Example: `server.id`. */
  readonly server: pulumi.Input<string>;
  /** The machine's name, for messages and transcripts; default: the resource's name. */
  readonly machine?: string;
  /** How the image gets onto the disk. Example: `ipxe-console`. */
  readonly mode: BootModeName;
  /** The script that iPXE is told to load. Example: `script.url`. */
  readonly scriptUrl: pulumi.Input<string>;
  /** The script for a disk that holds zeros only, when the server was created with one. Example: `script.urlForBlankDisk`. */
  readonly blankDiskScriptUrl?: pulumi.Input<string> | undefined;
  /** What is installed; changes of it do nothing, but for another `name`. */
  readonly image: pulumi.Input<{ readonly [Field in keyof BootImage]: pulumi.Input<BootImage[Field]> }>;
  /** Size of the server's disk in bytes, to refuse an image that does not fit. Example: `25_000_000_000`. */
  readonly diskBytes?: pulumi.Input<number> | undefined;
  /** How to log in. Example: `{ user: 'root', keyFile: 'keys/edge_ed25519' }`. */
  readonly ssh: SshLogin;
  /** Any new value installs the machine again; all data on it is lost. Example: `2026-11-21`. */
  readonly reinstall?: string | undefined;
  /** Seconds to wait for each thing; defaults in waits.ts. Example: `{ boot: 600 }`. */
  readonly waits?: Partial<BootWaits> | undefined;
  /** What the machine reports to the cloud once it is up; default `booted`, empty for an image that reports nothing. */
  readonly metadataState?: string | undefined;
  /** Edits the arguments before they are used. Example: `(args) => ({ ...args, reinstall: 'now' })`. */
  readonly transform?: ((args: BootModeArgs) => BootModeArgs) | undefined;
}

const kind: ResourceKind = {
  folder: 'boot-mode',
  name: 'BootMode',
  outputs: [
    'address',
    'sshPort',
    'hostKey',
    'hostKeySource',
    'build',
    'slot',
    'nextSlot',
    'power',
    'state',
    'reachable',
    'unseenSince',
    'install',
    'installedBuild',
    'installedAt',
    'transcript',
  ],
};

/**
 * Brings a server from whatever state it is in to running an image from its own disk, and keeps it running.
 *
 * @example
 * const boot = new BootMode('edge-1', {
 *   cloud, server: server.id, mode: 'ipxe-console', scriptUrl: script.url,
 *   image: { name: 'edge', sha256, bytes, build: '20261121_0900' },
 *   ssh: { user: 'root', keyFile: 'keys/edge_ed25519' },
 * });
 * export const address = boot.address;
 */
export class BootMode extends HandledResource {
  declare readonly address: pulumi.Output<string>;
  /** Port of the SSH server as reached from here. */
  declare readonly sshPort: pulumi.Output<number>;
  /** Example: `ssh-ed25519 AAAA...`. */
  declare readonly hostKey: pulumi.Output<string>;
  declare readonly hostKeySource: pulumi.Output<HostKeySource>;
  /** Build, slot and next slot when bootfleet last looked at the machine through this resource. */
  declare readonly build: pulumi.Output<string>;
  declare readonly slot: pulumi.Output<string>;
  declare readonly nextSlot: pulumi.Output<string>;
  declare readonly power: pulumi.Output<PowerState>;
  /** The cloud's free text; `booted` once the machine reported itself. */
  declare readonly state: pulumi.Output<string>;
  declare readonly reachable: pulumi.Output<boolean>;
  /** ISO time from which on no look has seen what it runs; undefined when the last one did. */
  declare readonly unseenSince: pulumi.Output<string | undefined>;
  declare readonly install: pulumi.Output<string>;
  /** The build that was written when its disk was installed last; empty when unknown, undefined in states of earlier versions. */
  declare readonly installedBuild: pulumi.Output<string | undefined>;
  declare readonly installedAt: pulumi.Output<string>;
  /** Transcript of the last console dialogue, relative to the project's folder. */
  declare readonly transcript: pulumi.Output<string>;

  /** The underlying resources: this is one itself. */
  readonly nodes: { readonly bootMode: BootMode };

  constructor(name: string, args: BootModeArgs, opts?: pulumi.CustomResourceOptions) {
    const { transform, ...given } = args;
    const edited: BootModeArgs = transform ? transform(given) : given;
    super(
      kind,
      name,
      {
        ...edited,
        transform: undefined,
        machine: edited.machine ?? name,
        ssh: { ...edited.ssh, keyFile: relativePath(edited.ssh.keyFile) },
      },
      opts,
    );
    this.nodes = { bootMode: this };
  }
}
