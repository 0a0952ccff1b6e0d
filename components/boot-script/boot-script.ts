import * as pulumi from '@pulumi/pulumi';
import type { CloudRef } from '../../clouds/cloud.ts';
import { HandledResource, type ResourceKind } from '../handled-resource.ts';
import type { Script } from './args.ts';

/** Arguments of a `BootScript`. */
export interface BootScriptArgs {
  /** The cloud whose object storage holds the script. Example: `{ kind: 'scaleway', zone: 'fr-par-1' }`. */
  readonly cloud: CloudRef;
  /** The fleet's name; part of the bucket's. Example: `demo`. */
  readonly fleet: string;
  /** What the script does. Example: `{ kind: 'chain', url: 'http://boot.example.org/menu.ipxe' }`. */
  readonly does: pulumi.Input<Script>;
  /** Edits the arguments before they are used. Example: `(args) => ({ ...args, fleet: 'other' })`. */
  readonly transform?: (args: BootScriptArgs) => BootScriptArgs;
}

const kind: ResourceKind = {
  folder: 'boot-script',
  name: 'BootScript',
  outputs: ['program', 'bucket', 'keys', 'url', 'urlForBlankDisk'],
};

/**
 * An iPXE script, rendered from typed arguments and published under a short, content-addressed URL.
 *
 * @example
 * const script = new BootScript('installer', {
 *   cloud, fleet: 'demo',
 *   does: { kind: 'kernel', kernel: 'http://boot.example.org/vmlinuz', arguments: ['console=ttyS0,115200'] },
 * });
 * export const typed = pulumi.interpolate`chain ${script.url}`;
 */
export class BootScript extends HandledResource {
  /** The script's URL as reached from the servers; short, because it is typed. */
  declare readonly url: pulumi.Output<string>;
  /** The same for a disk that is known to hold zeros only: holes of the image are not written. */
  declare readonly urlForBlankDisk: pulumi.Output<string>;
  /** Keys of all objects: the script and what goes with it. */
  declare readonly keys: pulumi.Output<string[]>;
  declare readonly bucket: pulumi.Output<string>;

  /** The underlying resources: this is one itself. */
  readonly nodes: { readonly script: BootScript };

  constructor(name: string, args: BootScriptArgs, opts?: pulumi.CustomResourceOptions) {
    const { transform, ...given } = args;
    const { cloud, fleet, does } = transform ? transform(given) : given;
    super(
      kind,
      name,
      {
        cloud,
        fleet,
        does,
        script: name,
      },
      opts,
    );
    this.nodes = { script: this };
  }
}
