import { setTimeout as pause } from 'node:timers/promises';
import { windowClosed } from '../../../errors/rollout.ts';
import { formatSeconds } from '../duration.ts';
import { secondsUntilOpen } from '../plan/window.ts';
import { reportProgress } from '../../progress.ts';
import type { SlotUpgradeInputs } from './args.ts';

/**
 * Waits until a maintenance window is open.
 *
 * @returns undefined when it is, else why the machine is not started.
 */
export async function waitForWindow(
  inputs: SlotUpgradeInputs,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { times, outside, longest } = inputs.policy.windows;
  const wait = secondsUntilOpen(times, Date.now());
  if (wait === 0) return undefined;
  if (outside === 'fail' || wait > longest) {
    return windowClosed({ machine: inputs.machine, hours: Math.round(wait / 360) / 10 }).summary;
  }
  reportProgress(inputs.resourceUrn, `waiting ${formatSeconds(wait)} for its maintenance window`);
  try {
    await pause(wait * 1000, undefined, { signal });
    return undefined;
  } catch {
    // Only the signal ends a pause early.
    return 'the rollout was stopped while it waited for its maintenance window';
  }
}
