import { createHash } from 'node:crypto';
import type { Values } from './fields.ts';

/**
 * The name for a resource that was given none: Pulumi's name for it and seven hex digits. It stays as it is once it
 * exists; a replacement gets another one, because both exist for a moment.
 *
 * @param seed Pulumi's random seed for this step, so that preview and update agree.
 */
export function automaticName(logicalName: string, oldInputs: Values, seed: Uint8Array): string {
  const old = oldInputs['name'];
  if (typeof old === 'string' && old.startsWith(`${logicalName}-`)) return old;
  return `${logicalName}-${createHash('sha256').update(seed).update(logicalName).digest('hex').slice(0, 7)}`;
}
