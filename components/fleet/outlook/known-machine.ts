import type { BootState } from '../../boot-mode/args.ts';
import type { SlotUpgradeState } from '../../rollout/slot-upgrade/args.ts';
import { stateOf, type StoredState } from '../../rollout/slot-upgrade/stored/form.ts';
import { broughtBackFrom } from '../../rollout/wave-gate/seen.ts';
import type { StateResource } from '../../stack-resources.ts';
import type { Hardware } from './hardware.ts';

/** What a stack's state says of one machine. */
export interface KnownMachine {
  readonly name: string;
  /** Absent when there is no server yet, or none any more. */
  readonly hardware?: Hardware | undefined;
  /** How it was installed; absent when it boots from the network. */
  readonly boot?: BootState | undefined;
  /** Whether it boots from the network. */
  readonly fromNetwork: boolean;
  readonly upgrade?: SlotUpgradeState | undefined;
  /** Whether a soak has brought it back from an image (SHA-256), and it was not upgraded again since. */
  readonly broughtBackFrom: (sha256: string) => boolean;
}

const bootfleet = (kind: string): string => `pulumi-nodejs:dynamic/bootfleet:${kind}`;
const diskTypes = ['scaleway:instance/volume:Volume', 'scaleway:block/volume:Volume'];

/** The machines that a stack's state knows, by name. Pure. */
export function knownMachines(state: readonly StateResource[]): ReadonlyMap<string, KnownMachine> {
  const present = state.filter(({ left }) => left !== true);
  const byType = (...types: string[]): Map<string, StateResource['outputs']> =>
    new Map(
      present.filter(({ type }) => types.includes(type)).map(({ name, outputs }) => [name, outputs] as const),
    );
  const servers = byType('scaleway:instance/server:Server');
  const disks = byType(...diskTypes);
  const boots = byType(bootfleet('BootMode'));
  const networkBoots = byType(bootfleet('NetworkBoot'));
  const upgrades = byType(bootfleet('SlotUpgrade'));
  const gates = [...byType(bootfleet('WaveGate')).values()];
  const names = new Set([...servers.keys(), ...boots.keys(), ...networkBoots.keys()]);
  return new Map(
    [...names].map((name) => {
      const upgrade = upgrades.get(name) as unknown as StoredState | undefined;
      return [
        name,
        {
          name,
          hardware: hardwareOf(servers.get(name), disks.get(name)),
          boot: boots.get(name) as unknown as BootState | undefined,
          fromNetwork: networkBoots.has(name),
          upgrade: upgrade && stateOf(upgrade),
          broughtBackFrom: (sha256) =>
            gates.some((gate) => broughtBackFrom(gate, name, sha256) !== undefined),
        },
      ];
    }),
  );
}

/** Its upgrade, unless its disk was written since: then that tells nothing of what it runs. Pure. */
export function upgradeOfDisk({ boot, upgrade }: KnownMachine): SlotUpgradeState | undefined {
  const { installation } = upgrade ?? {};
  return boot && installation !== undefined && installation !== boot.install ? undefined : upgrade;
}

function hardwareOf(
  server: StateResource['outputs'] | undefined,
  disk: StateResource['outputs'] | undefined,
): Hardware | undefined {
  const type = server?.['type'];
  if (typeof type !== 'string') return undefined;
  const size = disk?.['sizeInGb'];
  return { type, ...(typeof size === 'number' && { disk: size }) };
}
