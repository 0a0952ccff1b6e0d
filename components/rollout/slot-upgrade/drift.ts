import type { SlotUpgradeState } from './args.ts';
import type { Observation } from './observation.ts';
import { isSuccess } from './outcome.ts';

/**
 * How a machine differs from what the state says, in words; empty when it does not. Only a state that calls itself a
 * success can drift: anything else is tried again anyway.
 */
export function driftOf(
  state: Pick<SlotUpgradeState, 'outcome' | 'found' | 'to' | 'slot'>,
  seen: Observation,
): string {
  if (!isSuccess(state.outcome)) return '';
  const wanted = state.found?.build ?? state.to;
  const next = seen.next ?? 'none';
  if (seen.build !== wanted) {
    const how = seen.running === state.slot ? '' : ` from slot ${seen.running}: it was switched by hand`;
    return `it runs ${seen.build || 'an unknown build'}${how}, wanted is ${wanted}`;
  }
  if (seen.next !== seen.running) return `it runs from slot ${seen.running}, but boot.conf names ${next}`;
  return '';
}
