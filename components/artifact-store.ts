import { createHash } from 'node:crypto';
import type { CloudRef } from '../clouds/cloud.ts';
import { resolveEndpoints } from '../clouds/scaleway/endpoints.ts';
import { openStore, type Store, type StoreOptions } from '../transfer/object-store.ts';

/**
 * The bucket of a fleet in a stack. Contract: docs/architecture.md, "objects".
 *
 * @example bucketName('demo', projectId, 'local') // 'bootfleet-demo-1a2b3c4d'
 */
export function bucketName(fleet: string, projectId: string, stack: string): string {
  const tail = createHash('sha256').update(`${projectId}${stack}`).digest('hex').slice(0, 8);
  return `bootfleet-${fleet}-${tail}`;
}

/** Opens the store of a fleet; `bucket` is given when the state knows it. Credentials are found by the reference. */
export async function artifactStore(
  cloud: CloudRef,
  where: { fleet: string; stack: string; bucket?: string | undefined },
  options: StoreOptions = {},
): Promise<Store> {
  const { s3, accessKey, secretKey, projectId, local } = await resolveEndpoints(cloud);
  return openStore(
    { ...s3, accessKey, secretKey, local },
    where.bucket ?? bucketName(where.fleet, projectId, where.stack),
    options,
  );
}
