import type * as pulumi from '@pulumi/pulumi';
import type { CloudRef, PowerState } from '../../clouds/cloud.ts';
import type { SshLogin } from '../boot-mode/args.ts';
import { type BootWaits, defaultWaits } from '../boot-mode/waits.ts';
import { HandledResource, type ResourceKind } from '../handled-resource.ts';
import { relativePath } from '../relative-path.ts';
import type { BootProof } from './args.ts';

/** Arguments of a `NetworkBoot`. */
export interface NetworkBootArgs {
  /** The cloud of the server. Example: `{ kind: 'scaleway', zone: 'fr-par-1' }`. */
  readonly cloud: CloudRef;
  /** The server's id. Example: `server.id`. */
  readonly server: pulumi.Input<string>;
  /** The machine's name, for messages and transcripts; default: the resource's name. */
  readonly machine?: string;
  /** How the script gets to run. Default: `ipxe-console`. */
  readonly mode?: 'ipxe-console' | undefined;
  /** The script that iPXE is told to load; another one boots the machine again. Example: `script.url`. */
  readonly scriptUrl: pulumi.Input<string>;
  /** What shows that it is up. Example: `{ kind: 'console', pattern: 'login: ' }`. */
  readonly proof: BootProof;
  /** Seconds from the loaded script to its proof. Default: 420. */
  readonly within?: number | undefined;
  /** How to log in, when the proof is SSH. Example: `{ user: 'root', keyFile: 'keys/edge_ed25519' }`. */
  readonly ssh?: SshLogin | undefined;
  /** Any new value boots the machine again. Example: `2026-11-21`. */
  readonly restart?: string | undefined;
  /** Seconds to wait for each thing; defaults in boot-mode/waits.ts. Example: `{ prompt: 600 }`. */
  readonly waits?: Partial<BootWaits> | undefined;
  /** Edits the arguments before they are used. Example: `(args) => ({ ...args, restart: 'now' })`. */
  readonly transform?: ((args: NetworkBootArgs) => NetworkBootArgs) | undefined;
}

const kind: ResourceKind = {
  folder: 'network-boot',
  name: 'NetworkBoot',
  outputs: [
    'address',
    'sshPort',
    'hostKey',
    'hostKeySource',
    'power',
    'state',
    'proven',
    'boot',
    'bootedAt',
    'transcript',
  ],
};

/**
 * Brings a server from whatever state it is in to running what a boot script of kind `kernel`, `chain` or `iso` starts,
 * from the network, and keeps it running. It writes no disk; what the script starts may.
 *
 * @example
 * const script = new BootScript('live', { cloud, fleet: 'demo', does: { kind: 'iso', url: 'http://example.org/cd.iso' } });
 * new NetworkBoot('live-1', {
 *   cloud, server: server.id, scriptUrl: script.url, proof: { kind: 'console', pattern: 'login: ' },
 * });
 */
export class NetworkBoot extends HandledResource {
  declare readonly address: pulumi.Output<string>;
  /** Port of the SSH server as reached from here. */
  declare readonly sshPort: pulumi.Output<number>;
  /** Known when the proof is SSH. */
  declare readonly hostKey: pulumi.Output<string>;
  declare readonly power: pulumi.Output<PowerState>;
  /** The cloud's free text. */
  declare readonly state: pulumi.Output<string>;
  /** Whether it was as it should be when it was last looked at. */
  declare readonly proven: pulumi.Output<boolean>;
  /** ISO time. */
  declare readonly bootedAt: pulumi.Output<string>;
  /** Transcript of the last console dialogue, relative to the project's folder. */
  declare readonly transcript: pulumi.Output<string>;

  /** The underlying resources: this is one itself. */
  readonly nodes: { readonly networkBoot: NetworkBoot };

  constructor(name: string, args: NetworkBootArgs, opts?: pulumi.CustomResourceOptions) {
    const { transform, ...given } = args;
    const edited: NetworkBootArgs = transform ? transform(given) : given;
    const { ssh } = edited;
    super(
      kind,
      name,
      {
        ...edited,
        transform: undefined,
        machine: edited.machine ?? name,
        mode: edited.mode ?? 'ipxe-console',
        within: edited.within ?? defaultWaits.boot,
        ...(ssh && { ssh: { ...ssh, keyFile: relativePath(ssh.keyFile) } }),
      },
      opts,
    );
    this.nodes = { networkBoot: this };
  }
}
