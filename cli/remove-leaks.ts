import type { CloudRef } from '../clouds/cloud.ts';
import type { CloudEndpoints } from '../clouds/scaleway/endpoints.ts';
import type { CloudItem } from '../clouds/scaleway/inventory.ts';
import { ScalewayCloud } from '../clouds/scaleway/scaleway-cloud.ts';
import { artifactStore } from '../components/artifact-store.ts';
import { isBlank, removeItem } from '../components/fleet/abandoned/remove-abandoned.ts';
import { ownTags } from '../components/fleet/naming.ts';
import { stateEmpty } from '../errors/state.ts';
import { abortUploads } from '../transfer/multipart.ts';
import { removeObjects } from '../transfer/object-store.ts';
import type { Leak } from './find-leaks.ts';
import type { Owner } from './project.ts';
import { wasEverUsed } from './repair/history.ts';

/** Whose leaks: a stack's in its cloud. */
export interface LeaksOf {
  readonly cloud: CloudRef;
  readonly endpoints: CloudEndpoints;
  readonly fleet: string;
  readonly owner: Owner;
}

/** What is known of a stack's state. */
export interface StateKnown {
  /** The stack as it was given, for messages. */
  readonly stack: string;
  readonly resources: number;
  /** Folder of the stack's history. */
  readonly history: string;
}

/** A server first: it holds its disk and its address. */
const order: readonly string[] = ['server', 'volume', 'block volume', 'ip', 'security group'];

/**
 * Which leaks may be removed: those with all tags of this very stack that are attached to nothing. Another stack's fleet
 * of the same name has other tags. Servers come first, and are looked at again before one is removed. Pure.
 */
export function removableLeaks(
  leaks: readonly Leak[],
  items: readonly CloudItem[],
  tags: readonly string[],
): CloudItem[] {
  const leaked = new Set(leaks.map(({ id }) => id));
  return items
    .filter(({ id, tags: own }) => leaked.has(id) && tags.every((tag) => own.includes(tag)))
    .filter(({ kind, server }) => kind === 'server' || server === undefined)
    .toSorted((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind));
}

/**
 * Removes them. A server that is on, or has a note of bootfleet's, stays: something is on its disk. Hold the stack's lock:
 * what a command has just made is no leak.
 *
 * @returns the ids of what is gone
 * @throws BF2012 when nothing in the state and a fleet in the cloud tell that the state was lost; what the cloud's client
 *   throws
 */
export async function removeLeaks(
  leaks: readonly Leak[],
  items: readonly CloudItem[],
  { cloud, endpoints, fleet, owner }: LeaksOf,
  state: StateKnown,
): Promise<ReadonlySet<string>> {
  const tags = ownTags(fleet, `${owner.project}/${owner.stack}`);
  const servers = new ScalewayCloud(cloud, endpoints);
  const removable = removableLeaks(leaks, items, tags);
  const used = new Set<string>();
  for (const item of removable)
    if (item.kind === 'server' && !(await isBlank(servers, item))) used.add(item.id);
  const inStore = leaks.some(({ kind }) => kind === 'upload' || kind === 'bucket');
  if (state.resources === 0 && (inStore || removable.length > 0)) await refuseLostState(state, used.size);
  const gone = new Set<string>();
  for (const item of removable) {
    if (used.has(item.id)) continue;
    // It may have been switched on since.
    if (item.kind === 'server' && !(await isBlank(servers, item))) continue;
    await removeItem(servers, item);
    gone.add(item.id);
  }
  for (const id of await endUploads(leaks, cloud, { ...owner, fleet })) gone.add(id);
  return gone;
}

/** After a `pulumi destroy` a state holds nothing either, but then no server is left that was ever used. */
async function refuseLostState({ stack, history }: StateKnown, used: number): Promise<void> {
  if (used > 0)
    throw stateEmpty({
      stack,
      why: `the cloud has ${used} ${used === 1 ? 'server' : 'servers'} of it in use`,
    });
  if (!(await wasEverUsed(history)))
    throw stateEmpty({ stack, why: 'Pulumi never made or removed anything of it' });
}

/**
 * Ends the unfinished uploads, and deletes a bucket that nothing lies in then. What `findLeaks` names lies in buckets of
 * this very stack.
 *
 * @returns the ids of what is gone
 */
async function endUploads(
  leaks: readonly Leak[],
  cloud: CloudRef,
  owner: Owner & { readonly fleet: string },
): Promise<string[]> {
  const gone: string[] = [];
  const bucketOf = ({ kind, id }: Leak): string => (kind === 'bucket' ? id : id.slice(0, id.indexOf('/')));
  const inBuckets = leaks.filter(({ kind }) => kind === 'upload' || kind === 'bucket' || kind === 'object');
  for (const [bucket = '', own = []] of Map.groupBy(inBuckets, bucketOf)) {
    const store = await artifactStore(cloud, { ...owner, bucket });
    try {
      for (const { id, name } of own.filter(({ kind }) => kind === 'upload')) {
        await abortUploads(store, name);
        gone.push(id);
      }
      const empty = own.some(({ kind }) => kind === 'bucket') && !own.some(({ kind }) => kind === 'object');
      if (empty && (await removeObjects(store, []))) gone.push(bucket);
    } finally {
      store.client.destroy();
    }
  }
  return gone;
}
