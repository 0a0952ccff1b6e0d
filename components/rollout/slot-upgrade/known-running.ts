import type { SlotUpgradeState } from './args.ts';
import { compareBuilds } from './builds.ts';
import { isSuccess } from './outcome.ts';
import type { MachineMemory } from './plan.ts';

/** What is known of what a machine runs: of one that could not be asked nothing is, whatever it ran before. */
export type KnownRunning =
  | {
      readonly known: true;
      readonly build: string;
      readonly slot: string;
      /** SHA-256 of the image in the running slot; absent where nothing tells. */
      readonly sha256?: string | undefined;
    }
  /** @param since ISO time from which on no look has seen it; absent where that is not known either. */
  | { readonly known: false; readonly since: string | undefined };

/**
 * What the state of a machine's upgrade tells of what it runs. Pure.
 *
 * @param remembered what this checkout remembers of it: it tells more about the same, and nothing against the state.
 */
export function runningByUpgrade(
  { running: { build, slot, unseenSince }, outcome, drift, found, installation }: SlotUpgradeState,
  remembered: MachineMemory | undefined,
): KnownRunning {
  if (slot === '' || unseenSince !== undefined) return { known: false, since: unseenSince };
  // Earlier versions, which noted no installation, called a machine unchanged by the name of its build alone.
  const read = outcome !== 'unchanged' || installation !== undefined;
  if (isSuccess(outcome) && read && drift === '' && found !== undefined)
    return { known: true, build, slot, sha256: found.sha256 };
  const same = remembered?.slot === slot && compareBuilds(remembered.build, build) !== 'different';
  return { known: true, build, slot, sha256: same ? remembered.sha256 : undefined };
}

/** What is remembered, with what is known for sure in its place. Pure. */
export function memoryOfRunning(
  { build, slot, sha256 }: Extract<KnownRunning, { known: true }>,
  remembered: MachineMemory | undefined,
): MachineMemory {
  const { otherSha256, otherSlot, ...rest } = remembered ?? { linkRate: 0, overhead: 0 };
  // Which slot is the other one, and what it holds, is known of a machine that runs from where it is remembered.
  const beside = remembered?.slot === slot ? { otherSha256, otherSlot } : {};
  return { ...rest, ...beside, build, slot, sha256 };
}
