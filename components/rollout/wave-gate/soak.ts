import { setTimeout as pause } from 'node:timers/promises';
import { summaryOf } from '../../../errors/error.ts';
import { inParallel } from '../../../waiting/in-parallel.ts';
import { machinesAtOnce } from './one-machine.ts';

/** What a soak needs. */
export interface SoakOptions {
  readonly machines: readonly string[];
  /** Seconds. */
  readonly length: number;
  /**
   * Resolves when a machine is healthy, throws with what is wrong when it is not.
   *
   * @param last whether this is the look at the end.
   */
  readonly check: (machine: string, last: boolean) => Promise<void>;
  readonly signal: AbortSignal;
  readonly onProgress: (secondsLeft: number) => void;
}

/** Least seconds between two rounds. */
const round = 2;

/**
 * Watches machines for the whole soak, in rounds; each is looked at once more at its end.
 *
 * @returns the machines that were unhealthy, with the reason; empty when all stayed well.
 */
export async function soak(options: SoakOptions): Promise<ReadonlyMap<string, string>> {
  const end = performance.now() + options.length * 1000;
  const sick = new Map<string, string>();
  for (;;) {
    const left = end - performance.now();
    options.onProgress(Math.max(0, left / 1000));
    await lookAtAll(options, left <= 0, sick);
    if (left <= 0 || sick.size > 0 || options.signal.aborted) return sick;
    await pause(Math.max(1, Math.min(round * 1000, end - performance.now())), undefined, {
      signal: options.signal,
    }).catch(() => undefined);
  }
}

async function lookAtAll(
  { machines, check }: SoakOptions,
  last: boolean,
  sick: Map<string, string>,
): Promise<void> {
  await inParallel(machines, machinesAtOnce, async (machine) => {
    try {
      await check(machine, last);
    } catch (error) {
      sick.set(machine, summaryOf(error));
    }
  });
}
