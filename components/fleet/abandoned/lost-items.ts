import type { CloudItem } from '../../../clouds/scaleway/inventory.ts';
import { resourceTag } from '../naming.ts';
import type { Creation } from './creation.ts';

/**
 * What the cloud made for creations of which the program was told no end. Pure.
 *
 * It is of a creation's kind, carries all `tags` (this fleet, this stack of this project) and the resource's own, was
 * not there when the program began, and is attached to nothing. Servers are not looked for: an unused one is told by
 * its power and its notes.
 *
 * Some of it may be recorded all the same: Pulumi ends the program at the first failure, and what was being made beside
 * it is recorded later. See recordedItems.
 *
 * @param before ids of what the cloud had before anything was made: somebody may have taken it out of the state to keep it.
 */
export function lostItems(
  items: readonly CloudItem[],
  unknown: readonly Creation[],
  before: ReadonlySet<string>,
  tags: readonly string[],
): CloudItem[] {
  const asked = Map.groupBy(unknown, ({ kind }) => kind);
  const isAsked = ({ kind, tags: own }: CloudItem): boolean =>
    (asked.get(kind) ?? []).some(({ name }) => own.includes(resourceTag(name)));
  return items
    .filter(({ kind, id, server }) => kind !== 'server' && server === undefined && !before.has(id))
    .filter((item) => tags.every((tag) => item.tags.includes(tag)) && isAsked(item));
}
