import type { StateResource } from '../../stack-resources.ts';

/**
 * The resources of a stack's state that are one fleet's. Pure. A program may have servers of its own and other fleets beside
 * it, of which nothing is to be said.
 *
 * URNs hold the types of the parents and not their names: a machine that the fleet wants is its own under whatever fleet it
 * was before, and when nothing is under the fleet's name yet, the fleet that had such a machine is this one, renamed.
 *
 * @param wanted names of the machines that the fleet wants.
 */
export function ownResources(
  state: readonly StateResource[],
  fleet: string,
  wanted: Iterable<string>,
): StateResource[] {
  const names = new Set(wanted);
  const isWanted = ({ fleet: its, name }: StateResource): boolean => its !== undefined && names.has(name);
  const known = state.some((one) => one.fleet === fleet);
  const own = new Set(known ? [fleet] : state.filter(isWanted).map((one) => one.fleet));
  return state.filter((one) => (one.fleet !== undefined && own.has(one.fleet)) || isWanted(one));
}
