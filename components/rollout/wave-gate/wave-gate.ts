import * as pulumi from '@pulumi/pulumi';
import { HandledResource, type ResourceKind } from '../../handled-resource.ts';
import type { UpgradePolicy } from '../slot-upgrade/args.ts';
import { storedPolicy } from '../upgrade-policy.ts';
import type { GateMachine, WaveEnd, WaveGateState } from './args.ts';
import { packMachines } from './packed-machines.ts';

/** Arguments of a `WaveGate`. */
export interface WaveGateArgs {
  /** Example: `demo`. */
  readonly rollout: string;
  /** Example: `canary`. */
  readonly name: string;
  /** Whether this is the gate behind the last wave; default false. */
  readonly last?: boolean;
  /** The machines of the wave, with the outputs of their upgrades. Default: none, as at the last gate. */
  readonly machines?: pulumi.Input<readonly pulumi.Input<GateMachine>[]>;
  /** How the waves before ended, for the last gate. Example: `gates.map((gate) => gate.end)`. Default: none. */
  readonly ended?: pulumi.Input<readonly pulumi.Input<WaveEnd>[]>;
  /** Failures in the waves before. Example: `gates.at(-1).failures`. */
  readonly failuresBefore: pulumi.Input<number>;
  /** Whether the rollout stops before this wave on purpose; default false. */
  readonly paused?: boolean;
  /** Seconds. Example: `30`. */
  readonly soak: number;
  readonly policy: UpgradePolicy;
}

const kind: ResourceKind = {
  folder: 'rollout/wave-gate',
  name: 'WaveGate',
  outputs: ['verdict', 'failures', 'end'],
};

/**
 * The end of a wave: counts its failures, watches its machines during the soak, and fails the update when too many
 * failed. The next wave depends on it, so that it never starts after that.
 */
export class WaveGate extends HandledResource {
  declare readonly verdict: pulumi.Output<WaveGateState['verdict']>;
  /** Failed machines up to here, those of the waves before among them. */
  declare readonly failures: pulumi.Output<number>;
  declare readonly end: pulumi.Output<WaveEnd>;

  /** The underlying resources: this is one itself. */
  readonly nodes: { readonly waveGate: WaveGate };

  constructor(name: string, args: WaveGateArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      kind,
      name,
      {
        ...args,
        machines: pulumi
          .output(args.machines ?? [])
          .apply((machines) => packMachines(machines as readonly GateMachine[])),
        policy: storedPolicy(args.policy),
        last: args.last ?? false,
        paused: args.paused ?? false,
      },
      opts,
    );
    this.nodes = { waveGate: this };
  }
}
