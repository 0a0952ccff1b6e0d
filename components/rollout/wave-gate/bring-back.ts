import type { UpgradeMachine } from '../slot-upgrade/machine.ts';
import { MachineTrouble } from '../slot-upgrade/machine.ts';
import { otherSlot } from '../slot-upgrade/observation.ts';
import type { Outcome } from '../slot-upgrade/outcome.ts';

/**
 * Brings a machine that turned sick during the soak to its other slot: over SSH while it answers, else at its boot
 * prompt. It never throws: how it ended is for the gate's table.
 */
export async function bringBack(
  machine: UpgradeMachine,
  sick: string,
): Promise<{ outcome: Outcome; why: string }> {
  let why = sick;
  try {
    const before = await machine.observe().catch(() => undefined);
    const slot = before ? otherSlot(before)?.letter : undefined;
    // Without an answer the slot it runs from is unknown; the console cannot tell either.
    if (before === undefined || slot === undefined)
      return { outcome: 'stuck', why: `${why}; it does not answer` };
    await machine.lock();
    for (const by of ['ssh', 'console'] as const) {
      try {
        const seen = await machine.failBack(slot, by);
        if (seen.running === slot) return { outcome: 'rolled-back', why: await withoutLoaders(machine, why) };
        why = `${why}; it runs from slot ${seen.running}`;
      } catch (error) {
        why = `${why}; ${(error as Error).message}`;
        if (error instanceof MachineTrouble && error.reachable) continue;
      }
    }
    return { outcome: 'stuck', why };
  } catch (error) {
    return { outcome: 'failed', why: `${why}; ${(error as Error).message}` };
  } finally {
    await machine.unlock().catch(() => undefined);
    await machine.close();
  }
}

/** Puts the boot loaders back as well; a machine that runs stays brought back when that does not work, and it is said. */
async function withoutLoaders(machine: UpgradeMachine, why: string): Promise<string> {
  try {
    await machine.restoreLoaders();
    return why;
  } catch (error) {
    return `${why}; its boot loaders could not be put back: ${(error as Error).message}`;
  }
}
