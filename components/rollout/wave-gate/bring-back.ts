import { summaryOf } from '../../../errors/error.ts';
import { HeldLock } from '../slot-upgrade/held-lock.ts';
import type { UpgradeMachine } from '../slot-upgrade/machine.ts';
import { MachineTrouble } from '../slot-upgrade/machine.ts';
import {
  otherSlot,
  runningIs,
  type Observation,
  type SlotLetter,
  type Wanted,
} from '../slot-upgrade/observation.ts';
import type { Outcome } from '../slot-upgrade/outcome.ts';

/** How bringing a machine back ended. */
export interface BroughtBack {
  readonly outcome: Outcome;
  readonly why: string;
  /** The machine as it runs now, when it is back. */
  readonly seen?: Observation;
}

/** A machine that turned sick during its soak. */
export interface Sick {
  /** What is wrong with it. */
  readonly why: string;
  /** What its wave was upgraded to. */
  readonly wanted: Wanted;
  /** The slot that it ran from before, as far as it is known here: all there is when it does not answer. */
  readonly before?: SlotLetter | undefined;
}

/**
 * Brings a machine that turned sick during the soak to its other slot: over SSH while it answers, else at its boot
 * prompt. One that runs another build already stays there. It never throws: how it ended is for the gate's table.
 */
export async function bringBack(
  machine: UpgradeMachine,
  { why: sick, wanted, before }: Sick,
): Promise<BroughtBack> {
  let why = sick;
  const lock = new HeldLock(machine);
  try {
    const seen = await machine.observe().catch(() => undefined);
    const slot = seen ? slotBefore(seen, wanted) : before;
    if (slot === undefined)
      return { outcome: 'stuck', why: `${why}; ${seen ? 'it has no other slot' : 'it does not answer'}` };
    // The lock lies on the machine: one that does not answer is locked once it runs again.
    if (seen) await lock.take();
    for (const by of seen ? (['ssh', 'console'] as const) : (['console'] as const)) {
      try {
        const now = await machine.failBack(slot, by);
        if (now.running === slot) {
          return { outcome: 'rolled-back', why: await withoutLoaders(machine, why, lock), seen: now };
        }
        why = `${why}; it runs from slot ${now.running}`;
      } catch (error) {
        why = `${why}; ${summaryOf(error)}`;
        if (error instanceof MachineTrouble && error.reachable) continue;
      }
    }
    return { outcome: 'stuck', why };
  } catch (error) {
    return { outcome: 'failed', why: `${why}; ${summaryOf(error)}` };
  } finally {
    await lock.giveBack();
    await machine.close();
  }
}

/** The other slot, or the running one when that is not the sick build's. */
function slotBefore(seen: Observation, wanted: Wanted): SlotLetter | undefined {
  return runsWanted(seen, wanted) ? otherSlot(seen)?.letter : seen.running;
}

/** Whether a machine runs what its wave was upgraded to, as far as it can be told without reading its slot. */
export function runsWanted(seen: Observation, wanted: Wanted): boolean {
  return runningIs(seen, wanted) !== 'other';
}

/** Puts the boot loaders back as well; a machine that runs stays brought back when that does not work, and it is said. */
async function withoutLoaders(machine: UpgradeMachine, why: string, lock: HeldLock): Promise<string> {
  try {
    await lock.take();
    await machine.restoreLoaders();
    return why;
  } catch (error) {
    return `${why}; its boot loaders could not be put back: ${summaryOf(error)}`;
  }
}
