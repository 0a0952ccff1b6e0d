import type { KnownInputs } from './args.ts';
import type { UpgradeGoal } from './upgrade-state.ts';

/** What an upgrade with these inputs is to come to. */
export function goalOf({ found, policy }: KnownInputs): UpgradeGoal {
  return { wanted: found, allowDowngrade: policy.allowDowngrade, onFailure: policy.onFailure };
}
