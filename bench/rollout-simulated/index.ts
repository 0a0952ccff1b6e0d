import * as pulumi from '@pulumi/pulumi';
import { Rollout } from 'bootfleet/components/rollout/rollout';
import type { RolloutPolicy } from 'bootfleet/components/rollout/policy';
import { simulatedTarget } from 'bootfleet/components/rollout/slot-upgrade/simulated-target';
import type { Simulation } from 'bootfleet/components/rollout/slot-upgrade/simulation';

/**
 * A rollout on simulated machines, set by the configuration value `plan` (JSON): how many machines, which of them fail,
 * which file is their image, and the policy.
 */
interface Plan {
  readonly count: number;
  readonly fs: string;
  /** File of the image `other`, for pins; default none. */
  readonly other?: string;
  readonly policy: RolloutPolicy;
  readonly simulation: Simulation;
  /** By the server's name. */
  readonly fails?: Readonly<Record<string, NonNullable<Simulation['fails']>>>;
}

const { count, fs, other, policy, simulation, fails = {} } = new pulumi.Config().requireObject<Plan>('plan');
const servers = Array.from({ length: count }, (_, i) => {
  const name = `m-${i + 1}`;
  return {
    name,
    image: 'edge',
    machine: simulatedTarget(name, { ...simulation, ...(fails[name] && { fails: fails[name] }) }),
  };
});

const images = {
  edge: { fs, checksums: [] },
  ...(other !== undefined && { other: { fs: other, checksums: [] } }),
};
const rollout = new Rollout('sim', { servers, images, policy });

/** How each machine ended. */
export const outcomes = rollout.outcomes;
