import type { CloudItem } from '../clouds/scaleway/inventory.ts';
import { bareId } from '../clouds/scaleway/server-answer.ts';
import type { FleetObjects } from './fleet-objects.ts';
import type { StateResource } from '../components/stack-resources.ts';

/** Something that the cloud holds and Pulumi does not know of. */
export interface Leak {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  /** Why it counts as the fleet's. */
  readonly why: string;
}

/**
 * What the cloud holds of a fleet beyond the state. Pure.
 *
 * Of the fleet is what carries its tag and its stack's, and what is attached to a server that does; an object is when
 * it lies in the fleet's bucket. What carries the fleet's tag and no stack's was made by an earlier version, and counts.
 * What carries another stack's tag is that stack's, whatever the fleet is called.
 */
export function findLeaks(
  fleet: string,
  owner: string,
  items: readonly CloudItem[],
  buckets: readonly FleetObjects[],
  state: readonly StateResource[],
): Leak[] {
  const known = new Set(state.map(({ id }) => bareId(id)));
  const tag = `fleet:${fleet}`;
  const isOurs = ({ tags }: CloudItem): boolean =>
    tags.includes(tag) && (tags.includes(owner) || !tags.some((one) => one.startsWith('stack:')));
  const servers = new Set(items.filter((one) => one.kind === 'server' && isOurs(one)).map(({ id }) => id));
  const leaks: Leak[] = [];
  for (const item of items) {
    const { kind, id, name, server } = item;
    if (known.has(id)) continue;
    if (isOurs(item)) {
      const why = item.tags.includes(owner)
        ? `it carries the tags ${tag} and ${owner}`
        : `it carries the tag ${tag}`;
      leaks.push({ kind, id, name, why });
    } else if (server !== undefined && servers.has(server)) {
      leaks.push({ kind, id, name, why: `it is attached to server ${server} of the fleet` });
    }
  }
  return [...leaks, ...buckets.flatMap((bucket) => leakedObjects(bucket, state))];
}

function leakedObjects(
  { bucket, own, keys, uploads, exists }: FleetObjects,
  state: readonly StateResource[],
): Leak[] {
  // What else lies in a bucket of an earlier version may be another project's.
  if (!own) return [];
  const known = new Set<unknown>();
  for (const { outputs } of state) {
    if (outputs['bucket'] !== bucket) continue;
    known.add(outputs['key']);
    for (const key of Array.isArray(outputs['keys']) ? (outputs['keys'] as unknown[]) : []) known.add(key);
  }
  const why = "it lies in the fleet's bucket";
  const leaks = keys
    .filter((key) => !known.has(key))
    .map((key): Leak => ({ kind: 'object', id: `${bucket}/${key}`, name: key, why }));
  for (const key of uploads)
    leaks.push({ kind: 'upload', id: `${bucket}/${key}`, name: key, why: 'it was begun and never finished' });
  known.delete(undefined);
  if (exists && known.size === 0)
    leaks.push({ kind: 'bucket', id: bucket, name: bucket, why: 'no object of the stack needs it' });
  return leaks;
}
