import { planRollout } from '../components/rollout/plan/plan-rollout.ts';
import { resolvePolicy } from '../components/rollout/policy.ts';
import type {
  SlotImageFacts,
  SlotImageRef,
  SlotUpgradeState,
  UpgradePolicy,
} from '../components/rollout/slot-upgrade/args.ts';
import { imageFacts } from '../components/rollout/slot-upgrade/image-facts.ts';
import { compareBuilds } from '../components/rollout/slot-upgrade/builds.ts';
import { recall } from '../components/rollout/slot-upgrade/memory.ts';
import { isSuccess } from '../components/rollout/slot-upgrade/outcome.ts';
import { planOf, type MachineMemory } from '../components/rollout/slot-upgrade/plan.ts';
import { upgradable } from '../components/rollout/upgradable.ts';
import { broughtBackFrom } from '../components/rollout/wave-gate/seen.ts';
import type { FleetFile, FleetImage } from '../stacks/fleet-file.ts';
import type { StateResource } from './stack-state.ts';

/** One server of a plan. */
export interface PlanRow {
  readonly name: string;
  readonly wave: string;
  /**
   * `install`: there is no such machine yet. `retry` is an upgrade after one that did not succeed. `refused`: the
   * image is for other machines, and `pulumi up` will say so.
   */
  readonly action: 'install' | 'upgrade' | 'switch' | 'retry' | 'none' | 'left alone' | 'refused';
  readonly from: string;
  readonly to: string;
  readonly slot: string;
  readonly bytes: string;
  readonly time: string;
  /** Seconds of soak behind the row's wave. */
  readonly soak: number;
  /** Why the image cannot go there, with its code; empty when it can as far as is known. */
  readonly refused: string;
  /** What could not be compared yet, in words. */
  readonly unknown: string;
}

/** Plans what the next `pulumi up` does, from the fleet file and the stack's state alone. */
export async function planRows(
  fleet: FleetFile,
  stack: string,
  state: readonly StateResource[],
): Promise<PlanRow[]> {
  if (fleet.rollout === undefined) return [];
  const policy = resolvePolicy(fleet.rollout);
  const images = new Map(
    fleet.images.flatMap((image) => (image.fs ? [[image.name, refOf(image)] as const] : [])),
  );
  const installed = fleet.servers.filter((server) => server.networkBoot === undefined);
  const servers = upgradable(installed, policy.pins, (image) => images.has(image));
  const { waves, excluded } = planRollout(
    servers.map(({ name }) => name),
    [...images.keys()],
    fleet.rollout,
  );
  const placed = [
    ...waves.flatMap(({ number, name, servers: members, paused }) =>
      members.map((member) => ({ member, wave: { number, name }, skip: paused ? 'paused' : '' })),
    ),
    ...excluded.map((member) => ({ member, wave: { number: 0, name: 'excluded' }, skip: 'excluded' })),
  ];
  const urn = `urn:pulumi:${stack}::bootfleet::plan::plan`;
  return Promise.all(
    placed.map(async ({ member, wave, skip }) => {
      const server = servers.find(({ name }) => name === member);
      const ref = images.get(policy.pins[member] ?? server?.image ?? '');
      if (!ref) throw new Error(`the plan names ${member}, which is no server`);
      const found = await imageFacts(ref, urn);
      const upgradePolicy: UpgradePolicy = policy;
      return rowOf(
        member,
        { wave, skip, policy: upgradePolicy, soak: policy.soak },
        found,
        state,
        await recall(urn, member),
      );
    }),
  );
}

/** One row. Pure. */
export function rowOf(
  name: string,
  place: { wave: { number: number; name: string }; skip: string; policy: UpgradePolicy; soak: number },
  found: SlotImageFacts,
  state: readonly StateResource[],
  remembered: MachineMemory | undefined,
): PlanRow {
  const boot = outputsOf(state, 'BootMode', name) as { build: string; slot: string } | undefined;
  const upgrade = outputsOf(state, 'SlotUpgrade', name) as unknown as SlotUpgradeState | undefined;
  const back = wasBroughtBack(state, name, found.sha256);
  // Its own upgrade calls it upgraded; the gate behind it knows better.
  const running = back ? remembered : upgrade?.running.build ? upgrade.running : boot;
  const proven = upgrade !== undefined && !back && isSuccess(upgrade.outcome) && upgrade.drift === '';
  const same =
    remembered?.slot === running?.slot && compareBuilds(remembered?.build, running?.build) !== 'different';
  const memory: MachineMemory | undefined = running && {
    linkRate: 0,
    overhead: 0,
    ...remembered,
    build: running.build,
    slot: running.slot,
    sha256: proven ? upgrade.found?.sha256 : same ? remembered?.sha256 : undefined,
  };
  const {
    from,
    to,
    slot,
    bytes,
    time,
    unknown = '',
    refused = '',
  } = planOf({ wave: place.wave, skip: place.skip, policy: place.policy }, found, memory);
  const row = {
    name,
    wave: place.wave.name,
    from,
    to,
    slot,
    bytes,
    time,
    soak: place.soak,
    refused: '',
    unknown,
  };
  if (place.skip !== '') return { ...row, action: 'left alone', bytes: '', time: '' };
  if (boot === undefined) return { ...row, action: 'install', bytes: '', time: '' };
  const wanted =
    running?.build === found.build && (upgrade?.found === undefined || upgrade.found.sha256 === found.sha256);
  if (wanted && !back && (upgrade === undefined || (isSuccess(upgrade.outcome) && upgrade.drift === '')))
    return { ...row, action: 'none' };
  if (refused !== '') return { ...row, action: 'refused', bytes: '', time: '', refused };
  if (back || (upgrade && !isSuccess(upgrade.outcome) && upgrade.outcome !== 'not-started'))
    return { ...row, action: 'retry' };
  return { ...row, action: memory?.otherSha256 === found.sha256 ? 'switch' : 'upgrade' };
}

/** Whether a soak has brought the machine back from that image, and it was not upgraded again since. */
function wasBroughtBack(state: readonly StateResource[], name: string, sha256: string): boolean {
  const type = typeOf('WaveGate');
  return state.some((one) => one.type === type && broughtBackFrom(one.outputs, name, sha256) !== undefined);
}

function outputsOf(
  state: readonly StateResource[],
  kind: string,
  name: string,
): StateResource['outputs'] | undefined {
  const type = typeOf(kind);
  return state.find((one) => one.type === type && one.name === name)?.outputs;
}

const typeOf = (kind: string): string => `pulumi-nodejs:dynamic/bootfleet:${kind}`;

function refOf({ img, fs, build, checksums, signify }: FleetImage): SlotImageRef {
  return {
    img: img.resolved,
    fs: fs?.resolved ?? '',
    ...(build !== undefined && { build }),
    checksums: checksums.map(({ resolved }) => resolved),
    ...(signify && { signature: { signify: signify.resolved } }),
  };
}
