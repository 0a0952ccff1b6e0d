import { createHash } from 'node:crypto';
import type { CloudRef } from '../clouds/cloud.ts';
import { resolveEndpoints } from '../clouds/scaleway/endpoints.ts';
import { openStore, type Store, type StoreOptions } from '../transfer/object-store.ts';

/** Whose bucket: two projects may have stacks and fleets of the same names in one project of the cloud. */
export interface StoreOwner {
  readonly fleet: string;
  /** Pulumi's. */
  readonly project: string;
  /** Without its project. */
  readonly stack: string;
}

/**
 * The bucket of a fleet in a stack. Contract: docs/architecture.md, "objects".
 *
 * @param projectId the cloud's.
 * @example bucketName({ fleet: 'demo', project: 'bootfleet', stack: 'local' }, projectId) // 'bootfleet-demo-1a2b3c4d'
 */
export function bucketName({ fleet, project, stack }: StoreOwner, projectId: string): string {
  // None of the three can hold a slash.
  const tail = createHash('sha256').update(`${projectId}/${project}/${stack}`).digest('hex').slice(0, 8);
  return `bootfleet-${fleet}-${tail}`;
}

/**
 * Opens the store of a fleet. Credentials are found by the reference.
 *
 * @param where `bucket` where the state knows it: earlier versions left the project out of its name.
 *   Then it is another project's too (`shared`).
 */
export async function artifactStore(
  cloud: CloudRef,
  where: StoreOwner & { bucket?: string | undefined },
  options: Omit<StoreOptions, 'shared'> = {},
): Promise<Store> {
  const { s3, accessKey, secretKey, projectId, local } = await resolveEndpoints(cloud);
  const access = { ...s3, accessKey, secretKey, local };
  const own = bucketName(where, projectId);
  const bucket = where.bucket ?? own;
  return openStore(access, bucket, { ...options, shared: bucket !== own });
}
