import type { Cloud, MachineView } from '../clouds/cloud.ts';
import { bareId } from '../clouds/scaleway/server-answer.ts';
import { ownTags } from '../components/fleet/naming.ts';
import type { Owner } from './project.ts';
import type { StateResource } from '../components/stack-resources.ts';

/** The tag that only things of this stack of this project carry; fleets of others may have the same name. */
export function ownerTag(fleet: string, { project, stack }: Owner): string {
  return ownTags(fleet, `${project}/${stack}`).at(-1) ?? '';
}

/**
 * The machines of a stack as the cloud has them, by name: those that the stack's state names, and those that carry its
 * tag and that the state does not have yet, because their creation was cut short. Never another stack's.
 */
export async function stackServers(
  cloud: Cloud,
  fleet: string,
  owner: Owner,
  state: readonly StateResource[],
): Promise<Map<string, MachineView>> {
  return pickServers(await cloud.list(ownerTag(fleet, owner)), state);
}

/** Of machines of one name the one that the state has. Pure. @param views those of the stack. */
export function pickServers(
  views: readonly MachineView[],
  state: readonly StateResource[],
): Map<string, MachineView> {
  const known = new Set(state.filter(({ type }) => type === serverType).map(({ id }) => bareId(id)));
  const first = views.toSorted((one, other) => Number(known.has(one.id)) - Number(known.has(other.id)));
  return new Map(first.map((view) => [view.name, view]));
}

const serverType = 'scaleway:instance/server:Server';
