import { resolvePolicy, type ResolvedPolicy, type RolloutPolicy } from '../policy.ts';
import { planWaves, type WavePlan } from './waves.ts';
import { parseWindow } from './window.ts';

/** A policy with its defaults, and the waves that follow from it. */
export interface RolloutPlan extends WavePlan {
  readonly policy: ResolvedPolicy;
}

/**
 * Reads a policy and plans the waves. Pure.
 *
 * @param servers names of those that the rollout upgrades (see `upgradable`), in the fleet's order.
 * @param images names of the images that have a slot image.
 * @throws RangeError with what is wrong. What the loader of fleet files has accepted never throws.
 */
export function planRollout(
  servers: readonly string[],
  images: readonly string[],
  given: RolloutPolicy | undefined,
): RolloutPlan {
  const policy = resolvePolicy(given);
  policy.windows.times.forEach(parseWindow);
  for (const [server, image] of Object.entries(policy.pins)) {
    if (!servers.includes(server)) throw new RangeError(`pins name ${server}, but no server is called so`);
    if (!images.includes(image)) throw new RangeError(`pins name image ${image}, but there is none`);
  }
  return { policy, ...planWaves(servers, policy) };
}
