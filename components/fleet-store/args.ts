import type { CloudRef } from '../../clouds/cloud.ts';

/** Arguments of `FleetStore` once their values are known. */
export interface StoreInputs {
  readonly cloud: CloudRef;
  readonly fleet: string;
  readonly resourceUrn: string;
}

/** What is stored: the inputs and the bucket's name. */
export interface StoreState extends StoreInputs {
  readonly bucket: string;
}
