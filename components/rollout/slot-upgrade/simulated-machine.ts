import { setTimeout as pause } from 'node:timers/promises';
import type { SlotImageFacts, SlotUpgradeInputs } from './args.ts';
import type { Moved, UpgradeMachine } from './machine.ts';
import { MachineTrouble } from './machine.ts';
import type { Observation } from './observation.ts';
import type { Simulation } from './simulation.ts';

/** The machine of a `Simulation`. */
export function simulatedMachine(
  { found }: SlotUpgradeInputs & { readonly found: SlotImageFacts },
  simulation: Simulation,
): UpgradeMachine {
  let running = 'd';
  let next = 'd';
  let boots = 1;
  let written = false;
  const record = {
    state: 'complete' as const,
    build: found.build,
    sha256: found.sha256,
    bytes: found.bytes,
    readBack: found.sha256,
  };
  const observe = (): Promise<Observation> =>
    Promise.resolve({
      running,
      next,
      build: running === 'e' ? found.build : simulation.build,
      architecture: 'simulated',
      slots: [
        { letter: 'd', bytes: found.bytes },
        { letter: 'e', bytes: found.bytes, record: written ? record : undefined },
      ],
      bootId: String(boots),
      uptime: 1,
      cfgFree: 1e9,
    });
  const boot = async (): Promise<Observation> => {
    await pause((simulation.reboot ?? 0) * 1000);
    boots += 1;
    running = next;
    if (running === 'e' && (simulation.fails === 'no-boot' || simulation.fails === 'stuck')) {
      throw new MachineTrouble('it does not come up', { reachable: false });
    }
    return observe();
  };
  return {
    transcript: '',
    observe,
    lock: () => Promise.resolve(''),
    unlock: () => Promise.resolve(),
    nameNext: (slot) => {
      next = slot;
      return Promise.resolve();
    },
    compare: () => Promise.resolve(false),
    transfer: async (): Promise<Moved> => {
      await pause((simulation.transfer ?? 0) * 1000);
      return {
        sha256: found.sha256,
        seconds: { index: 0, transfer: simulation.transfer ?? 0 },
        mode: 'simulated',
      };
    },
    release: () => {
      written = true;
      next = 'e';
      return Promise.resolve();
    },
    reboot: boot,
    checkHealth: () =>
      running === 'e' && simulation.fails === 'unhealthy'
        ? Promise.reject(new MachineTrouble('it is unhealthy', { reachable: true }))
        : Promise.resolve(),
    recordProven: () => Promise.resolve(),
    failBack: async (slot) => {
      if (simulation.fails === 'stuck') throw new MachineTrouble('it does not come up', { reachable: false });
      next = slot;
      return boot();
    },
    restoreLoaders: observe,
    close: () => Promise.resolve(),
  };
}
