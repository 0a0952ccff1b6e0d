import type { CloudItem } from '../../../clouds/scaleway/inventory.ts';
import { unrecordedTag } from '../naming.ts';
import type { BegunCreation, Checkpoint } from './checkpoint.ts';

/** Which kind of thing a creation of a type makes. */
export const kindOfType: Readonly<Record<string, CloudItem['kind']>> = {
  'scaleway:instance/server:Server': 'server',
  'scaleway:instance/volume:Volume': 'volume',
  'scaleway:block/volume:Volume': 'block volume',
  'scaleway:instance/ip:Ip': 'ip',
  'scaleway:instance/securityGroup:SecurityGroup': 'security group',
};

/** Servers first: what is attached to one cannot be deleted. */
const order: readonly CloudItem['kind'][] = ['server', 'volume', 'block volume', 'ip', 'security group'];

/**
 * What a `pulumi up` made and could not record: it was killed, or the cloud's answer was lost. Pure.
 *
 * It carries all `tags` (this fleet, this stack of this project), the state does not have it, and it is attached to
 * nothing. Servers are taken by that alone: whether one was ever used is told by its note, see removeAbandoned.
 * Disks, addresses and security groups only if they are marked as what a failed creation made (see lostItems), or the
 * state also has a creation of theirs that was begun and never ended: somebody may have taken a disk out of the state
 * in order to keep it. A begun creation was never handed to any other resource, because Pulumi records one before what
 * depends on it goes on.
 */
export function abandonedItems(
  items: readonly CloudItem[],
  { ids, begun }: Pick<Checkpoint, 'ids' | 'begun'>,
  tags: readonly string[],
): CloudItem[] {
  const hasTrace = (item: CloudItem): boolean =>
    item.tags.includes(unrecordedTag) || begun.some((one) => mayHaveMade(one, item));
  return items
    .filter((item) => !ids.has(item.id) && tags.every((tag) => item.tags.includes(tag)))
    .filter((item) => item.kind === 'server' || (item.server === undefined && hasTrace(item)))
    .toSorted((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind));
}

/**
 * Whether a begun creation can have made this thing: of its kind, of its name where the kind has names, and with all
 * tags that it asked for. Pure.
 */
export function mayHaveMade({ type, name, tags }: BegunCreation, item: CloudItem): boolean {
  if (kindOfType[type] !== item.kind || !tags.every((tag) => item.tags.includes(tag))) return false;
  return item.kind === 'ip' || name === item.name;
}

/**
 * What carries the mark of a failed creation, and is recorded after all: only a later step of the creation failed. The
 * mark goes, or it would count against a thing that somebody takes out of the state later. Pure.
 */
export function recordedItems(items: readonly CloudItem[], ids: ReadonlySet<string>): CloudItem[] {
  return items.filter(({ id, tags }) => ids.has(id) && tags.includes(unrecordedTag));
}
