import type { StateResource } from '../../stack-resources.ts';
import { knownMachines } from './known-machine.ts';
import { outlookOf, type WantedMachine } from './machine-outlook.ts';
import { ownResources } from './own-resources.ts';

/**
 * What no resource tells by itself before it happens: which machines are made anew or removed, and lose their data. One
 * line each, of the one fleet alone. Pure. (A disk that is written again is told by its `BootMode`.)
 */
export function announcements(
  state: readonly StateResource[],
  fleet: string,
  wanted: ReadonlyMap<string, WantedMachine>,
): string[] {
  return [...knownMachines(ownResources(state, fleet, wanted.keys())).values()].flatMap((known) => {
    const { fate, why } = outlookOf(known, wanted.get(known.name));
    return fate === 'replace' || fate === 'remove' ? [`${known.name}: ${why}`] : [];
  });
}
