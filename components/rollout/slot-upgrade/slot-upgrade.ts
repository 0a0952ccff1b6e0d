import * as pulumi from '@pulumi/pulumi';
import { HandledResource, type ResourceKind } from '../../handled-resource.ts';
import { storedPolicy } from '../upgrade-policy.ts';
import type { MachineRef, SlotImageRef, SlotUpgradeState, UpgradePolicy } from './args.ts';
import type { Outcome } from './outcome.ts';
import type { StoredFacts } from './stored/form.ts';

/** How a machine is reached, where some of it is known only once it has booted. */
export type MachineArgs = { readonly [Field in keyof MachineRef]: pulumi.Input<MachineRef[Field]> };

/** Arguments of a `SlotUpgrade`. */
export interface SlotUpgradeArgs {
  /** Upgrades with the same name share `maxInFlight` and failure counts. Example: `demo`. */
  readonly rollout: string;
  /** The machine's name. Default: the resource's. Example: `edge-1`. */
  readonly machine?: string;
  readonly target: MachineArgs;
  /** Example: `{ fs: 'images/edge-20261122_0900.fs', checksums: ['images/edge-20261122_0900.fs.cksum'] }`. */
  readonly image: SlotImageRef;
  /** Example: `{ number: 1, name: 'canary' }`. */
  readonly wave: { readonly number: number; readonly name: string };
  /**
   * Which installation is on the machine's disk; any other one makes the upgrade look at the machine again. Default: not
   * compared. Example: `edge#2026-11-21`.
   */
  readonly installation?: string;
  /** Why the machine is left alone; default: it is not. Example: `excluded`. */
  readonly skip?: string;
  readonly policy: UpgradePolicy;
}

const kind: ResourceKind = {
  folder: 'rollout/slot-upgrade/stored',
  name: 'SlotUpgrade',
  outputs: [
    'found',
    'outcome',
    'why',
    'from',
    'to',
    'slot',
    'bytes',
    'mode',
    'seconds',
    'brokenLock',
    'running',
    'drift',
    'transcript',
  ],
};

/**
 * The A/B upgrade of one machine. Nothing becomes active on it whose digest was not confirmed on it, and after any
 * failure it is brought back to the slot that it ran from. How it ended is an output; anything but success makes the
 * next `pulumi up` try again.
 */
export class SlotUpgrade extends HandledResource {
  declare readonly outcome: pulumi.Output<Outcome>;
  declare readonly why: pulumi.Output<string>;
  declare readonly from: pulumi.Output<string>;
  declare readonly to: pulumi.Output<string>;
  declare readonly slot: pulumi.Output<string>;
  /** Bytes over the wire. */
  declare readonly bytes: pulumi.Output<number>;
  declare readonly mode: pulumi.Output<string>;
  /** Seconds by phase. */
  declare readonly seconds: pulumi.Output<Record<string, number>>;
  declare readonly brokenLock: pulumi.Output<string>;
  /** Build, slot and next slot as last seen. */
  declare readonly running: pulumi.Output<SlotUpgradeState['running']>;
  declare readonly drift: pulumi.Output<string>;
  /** Console transcript, relative to the project's folder. */
  declare readonly transcript: pulumi.Output<string>;
  /** The image that it shall run; undefined until its files were looked at. */
  declare readonly found: pulumi.Output<StoredFacts | undefined>;

  /** The underlying resources: this is one itself. */
  readonly nodes: { readonly slotUpgrade: SlotUpgrade };

  constructor(name: string, args: SlotUpgradeArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      kind,
      name,
      {
        ...args,
        policy: storedPolicy(args.policy),
        machine: args.machine ?? name,
        skip: args.skip ?? '',
      },
      opts,
    );
    this.nodes = { slotUpgrade: this };
  }
}
