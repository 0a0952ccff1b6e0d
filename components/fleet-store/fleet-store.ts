import type * as pulumi from '@pulumi/pulumi';
import type { CloudRef } from '../../clouds/cloud.ts';
import { HandledResource, type ResourceKind } from '../handled-resource.ts';

/** Arguments of a `FleetStore`. */
export interface FleetStoreArgs {
  /** The cloud whose object storage it is. Example: `{ kind: 'scaleway', zone: 'fr-par-1' }`. */
  readonly cloud: CloudRef;
  /** The fleet's name; part of the bucket's. Example: `demo`. */
  readonly fleet: string;
}

const kind: ResourceKind = { folder: 'fleet-store', name: 'FleetStore', outputs: ['bucket'] };

/**
 * The bucket of a fleet in a stack, as what is left to be cleaned up. It is made before anything is uploaded and goes
 * after everything in it, so that the state names the bucket from the first upload on, also when that one is killed.
 *
 * What is uploaded depends on it (`dependsOn`). It is nobody's parent: a parent is part of the URN.
 *
 * @example
 * const store = new FleetStore('demo', { cloud, fleet: 'demo' });
 * new ImageArtifact('edge', { cloud, fleet: 'demo', img: 'images/edge.img' }, { dependsOn: store });
 */
export class FleetStore extends HandledResource {
  declare readonly bucket: pulumi.Output<string>;

  /** The underlying resources: this is one itself. */
  readonly nodes: { readonly store: FleetStore };

  constructor(name: string, { cloud, fleet }: FleetStoreArgs, opts?: pulumi.CustomResourceOptions) {
    super(kind, name, { cloud, fleet }, opts);
    this.nodes = { store: this };
  }
}
