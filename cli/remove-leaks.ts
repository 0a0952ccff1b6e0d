import type { CloudRef } from '../clouds/cloud.ts';
import type { CloudEndpoints } from '../clouds/scaleway/endpoints.ts';
import type { CloudItem } from '../clouds/scaleway/inventory.ts';
import { ScalewayCloud } from '../clouds/scaleway/scaleway-cloud.ts';
import { artifactStore } from '../components/artifact-store.ts';
import { isBlank, removeItem } from '../components/fleet/abandoned/remove-abandoned.ts';
import { ownTags } from '../components/fleet/naming.ts';
import { userHome } from '../contracts/environment.ts';
import { stateLocked } from '../errors/state.ts';
import { backendUrl } from '../scripts/setup/pulumi/backend.ts';
import { abortUploads } from '../transfer/multipart.ts';
import { removeObjects } from '../transfer/object-store.ts';
import type { Leak } from './find-leaks.ts';
import { type Owner, ownerOf } from './project.ts';
import { filesOf } from './repair.ts';
import { readLocks } from './repair/locks.ts';
import { backendFolder } from './repair/state-file.ts';

/** Whose leaks: a stack's in its cloud. */
export interface LeaksOf {
  readonly cloud: CloudRef;
  readonly endpoints: CloudEndpoints;
  readonly fleet: string;
  readonly stack: string;
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
 * Removes them. A server that is on, or has a note of bootfleet's, stays: something is on its disk.
 *
 * @returns the ids of what is gone
 * @throws BF2001 while a command of Pulumi holds the stack: what it has just made is no leak; BF2003 without a project;
 *   what the cloud's client throws
 */
export async function removeLeaks(
  leaks: readonly Leak[],
  items: readonly CloudItem[],
  { cloud, endpoints, fleet, stack }: LeaksOf,
): Promise<ReadonlySet<string>> {
  await refuseWhileLocked(stack);
  const owner = ownerOf(stack);
  const tags = ownTags(fleet, `${owner.project}/${owner.stack}`);
  const servers = new ScalewayCloud(cloud, endpoints);
  const gone = new Set<string>();
  for (const item of removableLeaks(leaks, items, tags)) {
    if (item.kind === 'server' && !(await isBlank(servers, item))) continue;
    await removeItem(servers, item);
    gone.add(item.id);
  }
  for (const id of await endUploads(leaks, cloud, { ...owner, fleet })) gone.add(id);
  return gone;
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
      if (own.some(({ kind }) => kind === 'bucket') && !own.some(({ kind }) => kind === 'object')) {
        await removeObjects(store, []);
        gone.push(bucket);
      }
    } finally {
      store.client.destroy();
    }
  }
  return gone;
}

/** Where the state is kept in files, a lock tells. */
async function refuseWhileLocked(stack: string): Promise<void> {
  if (backendFolder(backendUrl(), process.cwd(), userHome) === undefined) return;
  const locks = await readLocks(filesOf(stack).locks);
  const held = locks.find((lock) => lock.process !== 'gone');
  if (held !== undefined) throw stateLocked({ stack, holder: held.holder, file: held.file });
}
