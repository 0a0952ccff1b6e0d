import type { Cloud } from '../../../../clouds/cloud.ts';
import type { KnownInputs, MachineRef } from '../../../../components/rollout/slot-upgrade/args.ts';
import { goalOf } from '../../../../components/rollout/slot-upgrade/goal-of.ts';
import { imageFacts } from '../../../../components/rollout/slot-upgrade/image-facts.ts';
import { runUpgrade, type UpgradeReport } from '../../../../components/rollout/slot-upgrade/run.ts';
import { SshMachine } from '../../../../components/rollout/slot-upgrade/ssh-machine.ts';
import { resolvePolicy, type RolloutPolicy } from '../../../../components/rollout/policy.ts';
import type { TestImage } from './test-images.ts';

/** One upgrade of one machine: plain data, so that it can be handed to another process. */
export interface UpgradeOrder {
  readonly machine: string;
  readonly target: MachineRef;
  readonly image: TestImage;
  readonly policy: RolloutPolicy;
}

/** The inputs that the resource `SlotUpgrade` would have. */
export async function upgradeInputs({ machine, target, image, policy }: UpgradeOrder): Promise<KnownInputs> {
  const ref = { fs: image.fs, checksums: [`${image.fs}.cksum`] };
  const resourceUrn = `urn:pulumi:vm::test::pulumi-nodejs:dynamic/bootfleet:SlotUpgrade::${machine}`;
  return {
    rollout: 'vm',
    machine,
    target,
    image: ref,
    wave: { number: 1, name: 'canary' },
    skip: '',
    policy: resolvePolicy({ deadlines: { boot: '60s', contact: '60s', health: '20s' }, ...policy }),
    resourceUrn,
    found: await imageFacts(ref, resourceUrn),
  };
}

/** The machine of an order, as the resources' handlers have it, and the inputs that it was made of. */
export async function machineOfOrder(
  order: UpgradeOrder,
  cloud: Cloud,
  { signal, onStep }: { signal?: AbortSignal | undefined; onStep: (text: string) => void },
): Promise<{ machine: SshMachine; inputs: KnownInputs }> {
  const inputs = await upgradeInputs(order);
  const machine = new SshMachine({
    inputs,
    stack: 'vm',
    connectCloud: () => Promise.resolve(cloud),
    progress: onStep,
    signal,
  });
  return { machine, inputs };
}

/** Upgrades a machine as the resource's handler does. */
export async function upgradeMachine(
  order: UpgradeOrder,
  cloud: Cloud,
  events: Parameters<typeof machineOfOrder>[2],
): Promise<UpgradeReport> {
  const { machine, inputs } = await machineOfOrder(order, cloud, events);
  return runUpgrade(machine, goalOf(inputs), events);
}
