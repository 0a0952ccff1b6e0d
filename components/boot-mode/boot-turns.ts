import { availableParallelism } from 'node:os';
import type { CloudRef } from '../../clouds/cloud.ts';
import { setting, type Environment } from '../../contracts/environment.ts';
import { Turns } from '../../waiting/turns.ts';

/**
 * How many machines of a cloud may be booted at once by one `pulumi`. Pure.
 *
 * Machines of the embedded cloud share this computer: too many at once boot so slowly that they miss their deadlines.
 * Others have hardware of their own, and what limits them is Pulumi's `--parallel`.
 *
 * @param cpus of this computer.
 * @returns 4 for each CPU, or `BOOTFLEET_BOOTS_AT_ONCE`; `Infinity` for other clouds.
 */
export function bootsAtOnce(
  { endpoint }: Pick<CloudRef, 'endpoint'>,
  env: Environment,
  cpus: number,
): number {
  if (endpoint !== 'local') return Infinity;
  const given = Number(setting(env, 'BOOTFLEET_BOOTS_AT_ONCE'));
  return Number.isInteger(given) && given > 0 ? given : 4 * cpus;
}

const turns = new Map<number, Turns>();

/** Boots a machine when it is its turn. All resources of a stack share one provider process, and so these turns. */
export function bootInTurn<T>(cloud: CloudRef, work: () => Promise<T>, onWait: () => void): Promise<T> {
  const atOnce = bootsAtOnce(cloud, process.env, availableParallelism());
  let own = turns.get(atOnce);
  if (!own) turns.set(atOnce, (own = new Turns(atOnce)));
  return own.take(work, onWait);
}
