import { reportRemark } from '../../progress.ts';
import type { SlotImageFacts, SlotUpgradeInputs } from './args.ts';
import { describeSameBuild, unknownBuilds } from './builds.ts';
import { fitSeen } from './choose.ts';
import type { Observation } from './observation.ts';
import { isSuccess } from './outcome.ts';
import type { UpgradeReport } from './run.ts';

/** Says on the resource's line what went wrong or was out of order in an upgrade; nothing of a plain success. */
export async function tell(
  { resourceUrn, machine, found }: SlotUpgradeInputs,
  { outcome, why, from, brokenLock }: UpgradeReport,
): Promise<void> {
  if (brokenLock !== '')
    await reportRemark(resourceUrn, 'warning', `${machine}: a stale lock was broken: ${brokenLock}`);
  const renamed = outcome === 'unchanged' ? undefined : describeSameBuild({ build: from }, found ?? {});
  if (renamed !== undefined) await reportRemark(resourceUrn, 'warning', `${machine}: ${renamed}`);
  if (isSuccess(outcome)) return;
  const loud = outcome === 'stuck' ? 'NEITHER SLOT COMES UP' : outcome;
  await reportRemark(resourceUrn, 'warning', `${machine}: ${loud}: ${why}`);
}

/** What moved to a machine without having been compared with it is said, never passed over. */
export async function tellUncompared(
  { resourceUrn, machine }: SlotUpgradeInputs,
  found: SlotImageFacts,
  { outcome }: UpgradeReport,
  seen: Observation | undefined,
): Promise<void> {
  const unknown =
    seen === undefined
      ? []
      : [
          ...(outcome === 'unchanged' ? [] : fitSeen(seen, found).unknown),
          ...unknownBuilds(found.build, seen.build),
        ];
  if (unknown.length > 0)
    await reportRemark(
      resourceUrn,
      'info',
      `${machine}: not compared, because unknown: ${unknown.join(', ')}`,
    );
}
