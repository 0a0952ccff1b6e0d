import { compareBuilds, shownBuild } from './builds.ts';
import { runningIs, type Observation } from './observation.ts';
import type { UpgradeState } from './upgrade-state.ts';

/** Where a machine was seen, compared with where its upgrade wants it, and with where it came from. Pure. */

/** Said of a machine whose records do not say that it runs what is wanted. */
export const recordMissing = 'its record in /cfg is missing or of another image';

/** What keeps it from running what is wanted, from the slot meant for it, at its next boot too; empty when nothing does. */
export function notThere({ goal: { wanted }, target }: UpgradeState, seen: Observation): readonly string[] {
  const { running, next, build } = seen;
  return [
    running === target ? '' : `it runs from slot ${running} instead of ${target}`,
    next === target
      ? ''
      : `boot.conf names ${next === undefined ? 'no slot' : `slot ${next}`} for the next boot`,
    compareBuilds(build, wanted.build) === 'different'
      ? `/resflash/BUILD says ${build} instead of ${wanted.build}`
      : runningIs(seen, wanted) === 'other'
        ? recordMissing
        : '',
  ].filter((problem) => problem !== '');
}

/** Whether it runs what it ran before, or its other slot when it was to stay where it was, and will again. */
export function isBack({ before, target }: UpgradeState, seen: Observation): boolean {
  if (!before || seen.next !== seen.running) return false;
  return target === before.running
    ? seen.running !== before.running
    : seen.running === before.running && compareBuilds(seen.build, before.build) !== 'different';
}

/** In words. Example: `it runs 1 from slot d, next is d`. */
export function whereIs({ build, running, next }: Observation): string {
  return `it runs ${shownBuild(build)} from slot ${running}, next is ${next ?? 'unknown'}`;
}
