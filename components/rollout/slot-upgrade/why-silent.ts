import type { Cloud } from '../../../clouds/cloud.ts';
import { summaryOf } from '../../../errors/error.ts';
import { machineStoppedByHost } from '../../../errors/localcloud.ts';
import { Deadline } from '../../../waiting/deadline.ts';
import { unlessAborted } from '../../../waiting/unless-aborted.ts';
import type { SlotUpgradeInputs } from './args.ts';
import { MachineTrouble } from './machine.ts';

/** Seconds within which the cloud must have answered: it is asked behind a wait that has failed already. */
const patience = 5;

/**
 * What is thrown for a machine of which a look has failed: a machine that its host stopped does not answer, and not for a
 * reason that SSH could tell (BF1842). Everything else stays the error that it is: a machine that answers wrongly is not
 * asked about, and a cloud that does not answer in time tells nothing against it.
 *
 * @param error what the look over SSH ended with.
 * @param within seconds for the cloud; default 5.
 */
export async function whySilent(
  { machine, target }: Pick<SlotUpgradeInputs, 'machine' | 'target'>,
  error: unknown,
  connectCloud: () => Promise<Cloud>,
  within = patience,
): Promise<unknown> {
  if (!(error instanceof MachineTrouble) || error.reachable) return error;
  const asked = connectCloud().then((cloud) => cloud.observe(target.server));
  const view = await unlessAborted(asked, Deadline.after(within).signal).catch(() => undefined);
  const why = view?.stoppedByHost;
  if (why === undefined) return error;
  const stopped = machineStoppedByHost({ machine, why }, { cause: error });
  // The table of a rollout has no place for a next step, and the usual one, `pulumi up`, does not start the machine.
  const text = `BF1842: ${summaryOf(stopped)}; \`pulumi up --refresh\` starts it anew`;
  return new MachineTrouble(text, { reachable: false }, { cause: stopped });
}
