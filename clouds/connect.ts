import type { Cloud, CloudRef } from './cloud.ts';
import { resolveEndpoints } from './scaleway/endpoints.ts';
import { ScalewayCloud } from './scaleway/scaleway-cloud.ts';

/**
 * Connects to the cloud that a reference names. Finds the credentials by itself and asks no server yet.
 *
 * @throws BF1400 to BF1402 and BF1411, as `resolveEndpoints`.
 * @example const cloud = await connectCloud({ kind: 'scaleway', zone: 'fr-par-1', endpoint: 'local' });
 */
export async function connectCloud(ref: CloudRef): Promise<Cloud> {
  return new ScalewayCloud(ref, await resolveEndpoints(ref));
}
