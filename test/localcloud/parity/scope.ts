/** Why a recorded request is not replayed, or `undefined` when it is. What is left out is left out by name here. */
export function outOfScope(method: string, url: URL, body: string): string | undefined {
  if (url.hostname !== 'api.scaleway.com')
    return 'object storage of the real cloud (versitygw serves it here)';
  if (url.pathname.startsWith('/audit-trail/')) return 'audit trail: not a part of the embedded cloud';
  if (url.pathname.endsWith('/snapshots/import-from-object-storage'))
    return 'import of snapshots from object storage';
  if (method === 'POST' && url.pathname.endsWith('/snapshots') && body.includes('"bucket"')) {
    return 'import of snapshots from object storage';
  }
  return undefined;
}

/** Recordings that are about nothing but left-out requests. */
export const entirelyLeftOut = ['block.snapshot-from-s3.yaml', 'instance.snapshot-from-s3.yaml'];

/** Keys that the real API sends in some of its answers about the same thing and not in others. */
export const sometimesThere = new Set([
  'admin_password_encryption_ssh_key_id',
  'admin_password_encrypted_value',
  'kms_key_id',
]);

/**
 * Paths of answers that are not compared: a snapshot of an attached volume shows a reference `internal` to nothing
 * while the real cloud makes it.
 */
export const notCompared = (path: string, status: unknown): boolean =>
  path === '.references' && status === 'creating';

/** Texts that say where a resource is in its life: compared word for word. */
export const exactKeys = new Set([
  'state',
  'state_detail',
  'status',
  'boot_type',
  'volume_type',
  'commercial_type',
  'message',
  'resource',
  'description',
  'family',
  'netmask',
  'provisioning_mode',
  'product_resource_type',
  'class',
]);

/** Words of `state_detail` that stand for another one of ours. */
export const sameDetail: Readonly<Record<string, string>> = {
  // Seen once in 16 recordings where the others have `provisioning node`.
  starting: 'provisioning node',
};
