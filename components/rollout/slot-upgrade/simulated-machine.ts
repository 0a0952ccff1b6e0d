import { access } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { Deadline } from '../../../waiting/deadline.ts';
import { poll } from '../../../waiting/poll.ts';
import type { KnownInputs, SlotImageFacts } from './args.ts';
import type { Moved, UpgradeMachine } from './machine.ts';
import { MachineTrouble } from './machine.ts';
import type { Observation } from './observation.ts';
import { SimulatedLock } from './simulated-lock.ts';
import type { Simulation } from './simulation.ts';

type Letter = 'd' | 'e';

/** What a simulated machine is like now. */
interface Now {
  running: Letter;
  next: string;
  boots: number;
  /** Images that were written, by slot. */
  readonly written: Partial<Record<Letter, Pick<SlotImageFacts, 'build' | 'sha256'>>>;
  /** How often the last written build was asked for its health. */
  asked: number;
  /** Whether it answers nobody until its power is cut. */
  hung: boolean;
}

/** By server: upgrades, gates and refreshes of one process see the same machines. */
const machines = new Map<string, Now>();

/** The machine of a `Simulation`. */
export function simulatedMachine(
  { machine, target, found }: KnownInputs,
  { build, sha256, transfer = 0, transferUntil, reboot = 0, fails, locks }: Simulation,
): UpgradeMachine {
  const now: Now = machines.get(target.server) ?? {
    running: 'd',
    next: 'd',
    boots: 1,
    written: {},
    asked: 0,
    hung: false,
  };
  machines.set(target.server, now);
  const lock = locks === undefined ? undefined : new SimulatedLock(machine, locks);
  const slotOf = (letter: Letter): Observation['slots'][number] => {
    const { bytes } = found;
    const image = now.written[letter];
    const record = image && { ...image, state: 'proven' as const, bytes, readBack: image.sha256 };
    return { letter, bytes, record };
  };
  /** Whether it runs the image that this is about, which alone fails. */
  const runsNew = (): boolean => now.written[now.running]?.sha256 === found.sha256;
  const answers = (): Promise<void> =>
    now.hung
      ? Promise.reject(new MachineTrouble('it does not answer', { reachable: false }))
      : Promise.resolve();
  const observe = async (): Promise<Observation> => {
    await answers();
    const { running, next, boots, written } = now;
    return {
      running,
      next,
      build: written[running]?.build ?? (running === 'd' ? build : ''),
      architecture: 'simulated',
      slots: [slotOf('d'), slotOf('e')],
      bootId: String(boots),
      uptime: 1,
      cfgFree: 1e9,
    };
  };
  const boot = async (): Promise<Observation> => {
    await pause(reboot * 1000);
    now.boots += 1;
    now.running = now.next === 'e' ? 'e' : 'd';
    if (runsNew() && (fails === 'no-boot' || fails === 'stuck')) {
      throw new MachineTrouble('it does not come up', { reachable: false });
    }
    return observe();
  };
  const isHealthy = (): boolean => {
    if (!runsNew()) return true;
    now.asked += 1;
    now.hung = fails === 'hung' && now.asked > 1;
    return fails !== 'unhealthy' && !(fails === 'sick' && now.asked > 1);
  };
  return {
    transcript: '',
    observe,
    lock: async () => {
      await answers();
      await lock?.take();
      return '';
    },
    unlock: () => lock?.giveBack() ?? Promise.resolve(),
    nameNext: (slot) => {
      now.next = slot;
      return Promise.resolve();
    },
    identify: (slot) => {
      const image = now.written[slot === 'e' ? 'e' : 'd'];
      const installed = sha256 === undefined ? build === found.build : sha256 === found.sha256;
      return Promise.resolve(image ? image.sha256 === found.sha256 : slot === 'd' && installed);
    },
    compare: () => Promise.resolve(false),
    transfer: async (): Promise<Moved> => {
      await pause(transfer * 1000);
      if (transferUntil !== undefined) await fileAppears(machine, transferUntil);
      return { sha256: found.sha256, seconds: { index: 0, transfer }, mode: 'simulated' };
    },
    release: () => {
      const slot = now.running === 'd' ? 'e' : 'd';
      now.written[slot] = { build: found.build, sha256: found.sha256 };
      now.asked = 0;
      now.next = slot;
      return Promise.resolve();
    },
    reboot: boot,
    checkHealth: async () => {
      const healthy = isHealthy();
      await answers();
      if (!healthy) throw new MachineTrouble('it is unhealthy', { reachable: true });
    },
    recordProven: () => Promise.resolve(),
    failBack: async (slot, by) => {
      if (by === 'console') now.hung = false;
      await answers();
      if (fails === 'stuck') throw new MachineTrouble('it does not come up', { reachable: false });
      now.next = slot;
      return boot();
    },
    restoreLoaders: observe,
    close: () => Promise.resolve(),
  };
}

async function fileAppears(machine: string, file: string): Promise<void> {
  await poll({
    deadline: Deadline.after(600),
    probe: () =>
      access(file).then(
        () => true,
        () => undefined,
      ),
    onTimeout: () => new MachineTrouble(`${machine}: there is no ${file}`, { reachable: true }),
  });
}
