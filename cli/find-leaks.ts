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
 * Of the fleet is what carries its tag, and what is attached to a server that does; an object is when it lies in the
 * fleet's bucket.
 */
export function findLeaks(
  fleet: string,
  items: readonly CloudItem[],
  objects: FleetObjects,
  state: readonly StateResource[],
): Leak[] {
  const known = new Set(state.map(({ id }) => bareId(id)));
  const tag = `fleet:${fleet}`;
  const servers = new Set(
    items.filter(({ kind, tags }) => kind === 'server' && tags.includes(tag)).map(({ id }) => id),
  );
  const leaks: Leak[] = [];
  for (const { kind, id, name, tags, server } of items) {
    if (known.has(id)) continue;
    if (tags.includes(tag)) leaks.push({ kind, id, name, why: `it carries the tag ${tag}` });
    else if (server !== undefined && servers.has(server)) {
      leaks.push({ kind, id, name, why: `it is attached to server ${server} of the fleet` });
    }
  }
  return [...leaks, ...leakedObjects(objects, state)];
}

function leakedObjects({ bucket, keys, exists }: FleetObjects, state: readonly StateResource[]): Leak[] {
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
  known.delete(undefined);
  if (exists && known.size === 0)
    leaks.push({ kind: 'bucket', id: bucket, name: bucket, why: 'no object of the stack needs it' });
  return leaks;
}
