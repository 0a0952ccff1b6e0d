import { setTimeout as pause } from 'node:timers/promises';
import { inventory } from '../../../clouds/scaleway/inventory.ts';
import { ScalewayCloud } from '../../../clouds/scaleway/scaleway-cloud.ts';
import { lostCreationUnknown } from '../../../errors/cloud.ts';
import { unrecordedTag } from '../naming.ts';
import type { Creation } from './creation.ts';
import { lostItems } from './lost-items.ts';
import { type Search, tagItem } from './remove-abandoned.ts';

/** Where to look, for what, and what the cloud had before. */
export interface LostSearch extends Pick<Search, 'cloud' | 'endpoints' | 'tags'> {
  /** Ids of what the cloud had before anything was made. */
  readonly before: ReadonlySet<string>;
  /** What a person should know. */
  readonly say: (text: string) => void;
  /** Seconds after which the cloud is looked at again: it may still be at a request whose answer was lost. Default: 2. */
  readonly again?: number;
}

/**
 * Marks what the cloud made for creations of which the program was told no end, so that the next `pulumi up`, on
 * whatever machine, knows it from a thing that somebody took out of the state to keep. Nothing is removed here: the
 * engine may be about to record it.
 *
 * Two looks at the cloud. Never throws: the update has failed already, and says why; that it could not look is said as
 * BF1421.
 */
export async function markLost(unknown: readonly Creation[], search: LostSearch): Promise<void> {
  if (unknown.length === 0) return;
  const { cloud, endpoints, before, tags, say, again = 2 } = search;
  const client = new ScalewayCloud(cloud, endpoints);
  const marked = new Set(before);
  try {
    for (const seconds of [0, again]) {
      await pause(seconds * 1000);
      for (const item of lostItems(await inventory(endpoints, cloud.zone), unknown, marked, tags)) {
        await tagItem(client, item, [...item.tags, unrecordedTag]);
        marked.add(item.id);
      }
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    say(lostCreationUnknown({ creations: unknown.length, reason }).message);
  }
}
