import { setTimeout as pause } from 'node:timers/promises';
import type { SlotImageFacts, SlotUpgradeInputs } from './args.ts';
import type { Moved, UpgradeMachine } from './machine.ts';
import { MachineTrouble } from './machine.ts';
import type { Observation } from './observation.ts';
import { SimulatedLock } from './simulated-lock.ts';
import type { Simulation } from './simulation.ts';

/** What a simulated machine is like now. */
interface Now {
  running: 'd' | 'e';
  next: string;
  boots: number;
  /** The image in slot e, once it was written. */
  written: Pick<SlotImageFacts, 'build' | 'sha256'> | undefined;
  /** How often the build in slot e was asked for its health. */
  asked: number;
}

/** Upgrades and gates of one process see the same machines. */
const machines = new Map<string, Now>();

/** The machine of a `Simulation`. */
export function simulatedMachine(
  { rollout, machine, found }: SlotUpgradeInputs & { readonly found: SlotImageFacts },
  { build, transfer = 0, reboot = 0, fails, locks }: Simulation,
): UpgradeMachine {
  const key = `${rollout}/${machine}`;
  const now = machines.get(key) ?? { running: 'd', next: 'd', boots: 1, written: undefined, asked: 0 };
  machines.set(key, now);
  const lock = locks === undefined ? undefined : new SimulatedLock(machine, locks);
  const observe = (): Promise<Observation> => {
    const { running, next, boots, written } = now;
    const { bytes } = found;
    const record = written && { ...written, state: 'complete' as const, bytes, readBack: written.sha256 };
    return Promise.resolve({
      running,
      next,
      build: running === 'e' ? (written?.build ?? '') : build,
      architecture: 'simulated',
      slots: [
        { letter: 'd', bytes },
        { letter: 'e', bytes, record },
      ],
      bootId: String(boots),
      uptime: 1,
      cfgFree: 1e9,
    });
  };
  const boot = async (): Promise<Observation> => {
    await pause(reboot * 1000);
    now.boots += 1;
    now.running = now.next === 'e' ? 'e' : 'd';
    if (now.running === 'e' && (fails === 'no-boot' || fails === 'stuck')) {
      throw new MachineTrouble('it does not come up', { reachable: false });
    }
    return observe();
  };
  const isHealthy = (): boolean => {
    if (now.running === 'd') return true;
    now.asked += 1;
    return fails !== 'unhealthy' && !(fails === 'sick' && now.asked > 1);
  };
  return {
    transcript: '',
    observe,
    lock: async () => {
      await lock?.take();
      return '';
    },
    unlock: () => lock?.giveBack() ?? Promise.resolve(),
    nameNext: (slot) => {
      now.next = slot;
      return Promise.resolve();
    },
    compare: () => Promise.resolve(false),
    transfer: async (): Promise<Moved> => {
      await pause(transfer * 1000);
      return { sha256: found.sha256, seconds: { index: 0, transfer }, mode: 'simulated' };
    },
    release: () => {
      now.written = { build: found.build, sha256: found.sha256 };
      now.asked = 0;
      now.next = 'e';
      return Promise.resolve();
    },
    reboot: boot,
    checkHealth: () =>
      isHealthy()
        ? Promise.resolve()
        : Promise.reject(new MachineTrouble('it is unhealthy', { reachable: true })),
    recordProven: () => Promise.resolve(),
    failBack: async (slot) => {
      if (fails === 'stuck') throw new MachineTrouble('it does not come up', { reachable: false });
      now.next = slot;
      return boot();
    },
    restoreLoaders: observe,
    close: () => Promise.resolve(),
  };
}
