import { upgradeOfDisk, type KnownMachine } from '../components/fleet/outlook/known-machine.ts';
import type {
  SlotImageFacts,
  SlotUpgradeState,
  UpgradePolicy,
} from '../components/rollout/slot-upgrade/args.ts';
import { compareBuilds, describeSameBuild } from '../components/rollout/slot-upgrade/builds.ts';
import { upgradeReason, whyUnknown } from '../components/rollout/slot-upgrade/changes.ts';
import {
  memoryOfRunning,
  runningByUpgrade,
  type KnownRunning,
} from '../components/rollout/slot-upgrade/known-running.ts';
import { isSuccess } from '../components/rollout/slot-upgrade/outcome.ts';
import { planOf, type MachineMemory } from '../components/rollout/slot-upgrade/plan.ts';
import { sayUnseen } from '../components/unseen.ts';
import type { PlanRow } from './plan-rows.ts';

/** Where a machine is in a rollout. */
export interface UpgradePlace {
  readonly wave: { readonly number: number; readonly name: string };
  /** Why it is left alone; empty when it is not. */
  readonly skip: string;
  readonly policy: UpgradePolicy;
  /** Seconds of soak behind its wave. */
  readonly soak: number;
}

/**
 * What a rollout does to a machine that keeps its disk. Pure; whether anything is done is decided as its `SlotUpgrade`
 * decides it (`upgradeReason`).
 *
 * @param remembered what this checkout remembers of it.
 */
export function upgradeRow(
  row: PlanRow,
  known: KnownMachine,
  place: UpgradePlace,
  found: SlotImageFacts,
  installation: string,
  remembered: MachineMemory | undefined,
): PlanRow {
  const back = known.broughtBackFrom(found.sha256);
  const running = runningOf(known, back, remembered);
  const seen = { ...row, from: running.known ? running.build : sayUnseen(running.since), to: found.build };
  if (place.skip !== '') return { ...seen, action: 'left alone' };
  const { upgrade } = known;
  const wanted = { machine: known.name, installation, skip: '', found };
  const reason = upgrade ? upgradeReason(upgrade, wanted) : 'it was never looked at';
  const unknownNow = upgrade && whyUnknown(upgrade, wanted);
  if (!running.known || unknownNow !== undefined) {
    const why = [row.why, `${unknownNow ?? `what it runs is ${seen.from}`}; it is looked at first`];
    return { ...seen, action: 'unknown', why: why.filter((part) => part !== '').join('; ') };
  }
  const memory = memoryOfRunning(running, remembered);
  const plan = planOf({ wave: place.wave, skip: '', policy: place.policy }, found, memory);
  const { slot, bytes, time, unknown = '', refused = '' } = plan;
  const planned = { ...seen, slot, bytes, time, unknown };
  if (reason === '' && !back) return { ...planned, action: 'none' };
  const holds = running.sha256 === found.sha256 && (upgrade === undefined || isSuccess(upgrade.outcome));
  if (holds && !back) return { ...planned, action: 'none', why: reason };
  if (refused !== '') return { ...planned, action: 'refused', bytes: '', time: '', refused };
  if (back || isRetry(upgrade)) return { ...planned, action: 'retry' };
  if (running.sha256 === undefined && compareBuilds(running.build, found.build) !== 'different')
    return {
      ...planned,
      action: 'unknown',
      why: 'nothing tells which image it runs; its slot is read first',
    };
  const renamed = describeSameBuild(running, found);
  const action = memory.otherSha256 === found.sha256 ? 'switch' : 'upgrade';
  return { ...planned, action, ...(renamed !== undefined && { why: renamed }) };
}

function isRetry(upgrade: SlotUpgradeState | undefined): boolean {
  return upgrade !== undefined && !isSuccess(upgrade.outcome) && upgrade.outcome !== 'not-started';
}

function runningOf(known: KnownMachine, back: boolean, remembered: MachineMemory | undefined): KnownRunning {
  // Its own upgrade calls it upgraded; the gate behind it knows better, and has remembered where it put it.
  if (back) {
    if (remembered === undefined) return { known: false, since: undefined };
    const { build, slot, sha256 } = remembered;
    return { known: true, build, slot, sha256 };
  }
  const { boot } = known;
  const upgrade = upgradeOfDisk(known);
  if (upgrade !== undefined && (upgrade.running.slot !== '' || upgrade.outcome !== 'not-started'))
    return runningByUpgrade(upgrade, remembered);
  if (!boot?.reachable) return { known: false, since: boot?.unseenSince };
  return { known: true, build: boot.build, slot: boot.slot };
}
