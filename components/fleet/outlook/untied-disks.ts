import { diskOutlivesServer } from '../../../errors/fleet-file.ts';
import type { BootfleetError } from '../../../errors/error.ts';
import { hasLocalDisk } from '../../server/type-change.ts';
import type { StateResource } from '../../stack-resources.ts';
import type { WantedMachine } from './machine-outlook.ts';

/**
 * Refuses what an `up` could not finish: a local disk that an earlier version made is not tied to its server's type
 * (`replacementTrigger`, see server.ts). With another type the server alone would be replaced; the cloud removes the disk
 * with it, and the new server asks for a disk that is gone. A tie that comes with the change replaces nothing: only one
 * that is in the state already does. Pure.
 *
 * @param state of this fleet.
 * @returns one error for each such machine; a disk that is replaced anyway, because its size changes, is none.
 */
export function untiedDisks(
  state: readonly StateResource[],
  wanted: ReadonlyMap<string, WantedMachine>,
): BootfleetError[] {
  const present = state.filter(({ left }) => left !== true);
  const typeOf = new Map(
    present
      .filter(({ type }) => type === 'scaleway:instance/server:Server')
      .map(({ name, outputs }) => [name, outputs['type']]),
  );
  return present.flatMap(({ type, name, outputs, tied }) => {
    if (type !== 'scaleway:instance/volume:Volume' || tied === true) return [];
    const [from, to] = [typeOf.get(name), wanted.get(name)?.hardware];
    if (typeof from !== 'string' || to === undefined || from === to.type || !hasLocalDisk(to.type)) return [];
    if (outputs['sizeInGb'] !== to.disk) return [];
    return [diskOutlivesServer({ machine: name, from, to: to.type })];
  });
}
