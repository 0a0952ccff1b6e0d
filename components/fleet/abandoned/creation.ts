import type { CloudItem } from '../../../clouds/scaleway/inventory.ts';

/** Something that the cloud was asked for. */
export interface Creation {
  readonly kind: CloudItem['kind'];
  /** The resource's name in the program. Example: `edge-1`. */
  readonly name: string;
}
