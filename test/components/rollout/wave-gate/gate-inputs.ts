import type { GateMachine } from '../../../../components/rollout/wave-gate/args.ts';
import { packMachines } from '../../../../components/rollout/wave-gate/packed-machines.ts';
import type { StoredGateInputs } from '../../../../components/rollout/wave-gate/stored-inputs.ts';

/** A resource of stack `test`. */
export const gateUrn = 'urn:pulumi:test::demo::t::demo-wave-1';

/** The inputs of the gate behind the canary, without a soak. */
export function gateInputs(
  machines: readonly GateMachine[],
  more: Partial<StoredGateInputs> = {},
): StoredGateInputs {
  return {
    rollout: 'demo',
    name: 'canary',
    last: false,
    machines: packMachines(machines),
    failuresBefore: 0,
    paused: false,
    soak: 0,
    resourceUrn: gateUrn,
    ...more,
  };
}
