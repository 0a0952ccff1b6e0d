import type { CloudRef } from '../../../clouds/cloud.ts';
import type { CloudEndpoints } from '../../../clouds/scaleway/endpoints.ts';
import { type CloudItem, inventory } from '../../../clouds/scaleway/inventory.ts';
import { ScalewayCloud } from '../../../clouds/scaleway/scaleway-cloud.ts';
import { noteKey } from '../../boot-mode/note.ts';
import { networkNoteKey } from '../../network-boot/note.ts';
import { unrecordedTag } from '../naming.ts';
import { abandonedItems, recordedItems } from './abandoned-items.ts';
import type { Checkpoint } from './checkpoint.ts';

/** Where to look, and for what. */
export interface Search {
  readonly cloud: CloudRef;
  readonly endpoints: CloudEndpoints;
  /** Tags that mark the fleet and the stack; see `ownTags`. */
  readonly tags: readonly string[];
  readonly checkpoint: Checkpoint;
  /** True at preview: tell only. */
  readonly dryRun: boolean;
  /** One sentence about each thing found. */
  readonly say: (severity: 'info' | 'warning', text: string) => Promise<void>;
}

/**
 * Removes what a `pulumi up` before had made and not recorded, so that the one that runs now makes nothing twice. A
 * server is removed only if it is off and has no note of bootfleet's, which every server gets before its disk is
 * written. Asks for the lists of what the cloud has, and for nothing else when the last update ended in order.
 *
 * @returns ids of all that the cloud had.
 * @throws what the cloud's client throws.
 */
export async function removeAbandoned(search: Search): Promise<ReadonlySet<string>> {
  const { cloud, endpoints, tags, checkpoint, dryRun, say } = search;
  const servers = new ScalewayCloud(cloud, endpoints);
  const items = await inventory(endpoints, cloud.zone);
  for (const item of abandonedItems(items, checkpoint, tags)) {
    const what = `${item.kind} ${item.name} (${item.id}), made by a \`pulumi up\` that ended before it could record it`;
    if (item.kind === 'server' && !(await isBlank(servers, item))) {
      await say('warning', `left alone: ${what}: it was switched on since; see \`bootfleet leaks\``);
      continue;
    }
    if (!dryRun) await removeItem(servers, item);
    await say('info', `${dryRun ? 'will be removed' : 'removed'}: ${what}`);
  }
  if (!dryRun)
    for (const item of recordedItems(items, checkpoint.ids))
      await tagItem(
        servers,
        item,
        item.tags.filter((tag) => tag !== unrecordedTag),
      );
  return new Set(items.map(({ id }) => id));
}

/** It is off, and nobody ever began to write its disk, or booted something that could have. */
export async function isBlank(servers: ScalewayCloud, { id }: CloudItem): Promise<boolean> {
  const view = await servers.observe(id);
  if (view?.power !== 'off') return false;
  const notes = await Promise.all([noteKey, networkNoteKey].map((key) => servers.readNote(id, key)));
  return notes.every((note) => note === undefined);
}

/** Of each kind: the API that has it, and its list there. */
const places: Readonly<Record<CloudItem['kind'], readonly [api: string, list: string]>> = {
  server: ['instance/v1', 'servers'],
  volume: ['instance/v1', 'volumes'],
  'block volume': ['block/v1', 'volumes'],
  ip: ['instance/v1', 'ips'],
  'security group': ['instance/v1', 'security_groups'],
};

/** Deletes a thing from the cloud; one that is gone already is no error. @throws what the cloud's client throws */
export async function removeItem({ http, ref }: ScalewayCloud, item: CloudItem): Promise<void> {
  await http.send({ method: 'DELETE', path: pathOf(item, ref.zone), orNothing: true });
}

/** Gives a thing other tags; one that is gone is no error. @throws what the cloud's client throws */
export async function tagItem(
  { http, ref }: ScalewayCloud,
  item: CloudItem,
  tags: readonly string[],
): Promise<void> {
  await http.send({ method: 'PATCH', path: pathOf(item, ref.zone), body: { tags }, orNothing: true });
}

function pathOf({ kind, id }: CloudItem, zone: string): string {
  const [api, list] = places[kind];
  return `/${api}/zones/${encodeURIComponent(zone)}/${list}/${encodeURIComponent(id)}`;
}
