import { setTimeout as pause } from 'node:timers/promises';
import { windowClosed } from '../../../errors/rollout.ts';
import { formatSeconds } from '../duration.ts';
import { secondsUntilOpen } from '../plan/window.ts';
import { reportProgress } from '../../progress.ts';
import type { SlotUpgradeInputs } from './args.ts';

/** Longest pause in seconds before the clock is looked at again: it may be set meanwhile, or the computer sleep. */
const longestPause = 60;

/** Whether a machine may be touched at a moment. @param now milliseconds since 1970. */
export function isWindowOpen({ policy }: Pick<SlotUpgradeInputs, 'policy'>, now: number): boolean {
  return secondsUntilOpen(policy.windows.times, now) === 0;
}

/**
 * Waits until a maintenance window is open.
 *
 * @returns undefined when it is, else why the machine is not started.
 */
export async function waitForWindow(
  inputs: Pick<SlotUpgradeInputs, 'machine' | 'policy' | 'resourceUrn'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { times, outside, longest } = inputs.policy.windows;
  const latest = performance.now() / 1000 + longest;
  for (;;) {
    const wait = secondsUntilOpen(times, Date.now());
    if (wait === 0) return undefined;
    if (outside === 'fail' || performance.now() / 1000 + wait > latest) {
      return windowClosed({ machine: inputs.machine, hours: Math.round(wait / 360) / 10 }).summary;
    }
    reportProgress(inputs.resourceUrn, `waiting ${formatSeconds(wait)} for its maintenance window`);
    try {
      await pause(Math.min(wait, longestPause) * 1000, undefined, { signal });
    } catch {
      // Only the signal ends a pause early.
      return 'the rollout was stopped while it waited for its maintenance window';
    }
  }
}
