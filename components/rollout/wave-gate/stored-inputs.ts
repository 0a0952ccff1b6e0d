import { policyOf, type StoredPolicy } from '../upgrade-policy.ts';
import type { WaveEnd, WaveGateInputs } from './args.ts';
import { unpackMachines, type PackedMachines } from './packed-machines.ts';

/** The inputs of a `WaveGate` as Pulumi has them: the engine writes all of them at each step of an update. */
export interface StoredGateInputs extends Omit<WaveGateInputs, 'machines' | 'policy' | 'ended'> {
  readonly machines: PackedMachines;
  readonly ended?: readonly WaveEnd[] | undefined;
  readonly policy?: StoredPolicy | undefined;
}

/** The inputs with everything that is not stored filled in. */
export function inputsOf({ machines, ended, policy, ...rest }: StoredGateInputs): WaveGateInputs {
  return { ...rest, machines: unpackMachines(machines), ended: ended ?? [], policy: policyOf(policy) };
}
