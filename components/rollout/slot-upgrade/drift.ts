import type { SlotUpgradeState } from './args.ts';
import { compareBuilds, shownBuild } from './builds.ts';
import { runningIs, type Observation } from './observation.ts';
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
  const wanted = { build: state.found?.build ?? state.to, sha256: state.found?.sha256 ?? '', bytes: 0 };
  const next = seen.next ?? 'none';
  const how = seen.running === state.slot ? '' : ` from slot ${seen.running}: it was switched by hand`;
  if (compareBuilds(seen.build, wanted.build) === 'different')
    return `it runs ${seen.build}${how}, wanted is ${wanted.build}`;
  if (wanted.sha256 !== '' && runningIs(seen, wanted) === 'other')
    return `it runs another image than the wanted one${how}, with the same build name: ${shownBuild(wanted.build)}`;
  // Neither name nor record tell: a slot that we did not leave it on may hold anything.
  if (how !== '' && runningIs(seen, wanted) === 'unknown') return `it runs ${shownBuild(seen.build)}${how}`;
  if (seen.next !== seen.running) return `it runs from slot ${seen.running}, but boot.conf names ${next}`;
  return '';
}
