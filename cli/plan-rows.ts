import { installId } from '../components/boot-mode/note.ts';
import {
  knownMachines,
  upgradeOfDisk,
  type KnownMachine,
} from '../components/fleet/outlook/known-machine.ts';
import { outlookOf, type WantedMachine } from '../components/fleet/outlook/machine-outlook.ts';
import { ownResources } from '../components/fleet/outlook/own-resources.ts';
import { wantedMachines } from '../components/fleet/outlook/wanted-machines.ts';
import { buildName } from '../components/image-artifact/build-name.ts';
import { planRollout } from '../components/rollout/plan/plan-rollout.ts';
import { upgradable } from '../components/rollout/upgradable.ts';
import type { SlotImageFacts, SlotImageRef } from '../components/rollout/slot-upgrade/args.ts';
import { compareBuilds, shownBuild } from '../components/rollout/slot-upgrade/builds.ts';
import { imageFacts } from '../components/rollout/slot-upgrade/image-facts.ts';
import { recall } from '../components/rollout/slot-upgrade/memory.ts';
import type { MachineMemory } from '../components/rollout/slot-upgrade/plan.ts';
import type { StateResource } from '../components/stack-resources.ts';
import { sayUnseen } from '../components/unseen.ts';
import type { FleetFile, FleetImage } from '../stacks/fleet-file.ts';
import type { StackName } from './stack-name.ts';
import { upgradeRow, type UpgradePlace } from './upgrade-row.ts';

/** One server of a plan. */
export interface PlanRow {
  readonly name: string;
  /** `at once` for what does not wait for a wave; empty for a server that no rollout reaches. */
  readonly wave: string;
  /**
   * `install`: it is made, and its disk written for the first time. `replace`: server and disk are made anew. `rewrite`:
   * its disk is written again. `remove`: server and disk go. `boot`: its disk stays as it is. `retry` is an upgrade after
   * one that did not succeed. `refused`: the image is for other machines, and `pulumi up` will say so. `unknown`: it is
   * looked at first, because the last look did not see what it runs.
   */
  readonly action:
    | 'install'
    | 'replace'
    | 'rewrite'
    | 'remove'
    | 'boot'
    | 'upgrade'
    | 'switch'
    | 'retry'
    | 'none'
    | 'left alone'
    | 'refused'
    | 'unknown';
  readonly from: string;
  readonly to: string;
  readonly slot: string;
  readonly bytes: string;
  readonly time: string;
  /** Whether what its disk holds is lost. */
  readonly losesData: boolean;
  /** For a person; empty when there is nothing to say. */
  readonly why: string;
  /** What the rollout does to it once its disk is written; empty when nothing. */
  readonly then: string;
  /** Seconds of soak behind the row's wave. */
  readonly soak: number;
  /** Why the image cannot go there, with its code; empty when it can as far as is known. */
  readonly refused: string;
  /** What could not be compared yet, in words. */
  readonly unknown: string;
}

/** What a row is made of. */
export interface RowFacts {
  readonly known: KnownMachine | undefined;
  readonly wanted: WantedMachine | undefined;
  /** Where it is in the rollout; undefined when no rollout reaches it. */
  readonly rollout?: { readonly place: UpgradePlace; readonly found: SlotImageFacts } | undefined;
  /** Build that an installation writes; undefined when unknown. */
  readonly installs?: string | undefined;
  readonly remembered?: MachineMemory | undefined;
}

/** Plans what the next `pulumi up` does, from the fleet file and the stack's state alone. */
export async function planRows(
  fleet: FleetFile,
  stack: Pick<StackName, 'name'>,
  state: readonly StateResource[],
): Promise<PlanRow[]> {
  const wanted = wantedMachines(fleet.servers);
  const known = knownMachines(ownResources(state, fleet.fleet, wanted.keys()));
  const images = new Map(fleet.images.map((image) => [image.name, image]));
  const urn = `urn:pulumi:${stack.name}::bootfleet::plan::plan`;
  const places = await placesOf(fleet, images, urn);
  const names = [...new Set([...places.keys(), ...wanted.keys(), ...known.keys()])];
  return Promise.all(
    names.map(async (name) => {
      const one = wanted.get(name);
      const image = images.get(one?.image ?? '');
      return rowOf(name, {
        known: known.get(name),
        wanted: one,
        rollout: places.get(name),
        installs: image && (buildName(image.img.resolved) ?? image.build),
        remembered: await recall(urn, name),
      });
    }),
  );
}

/** The servers of the rollout in the order of its waves, with the image that each shall run. */
async function placesOf(
  fleet: FleetFile,
  images: ReadonlyMap<string, FleetImage>,
  urn: string,
): Promise<Map<string, NonNullable<RowFacts['rollout']>>> {
  if (fleet.rollout === undefined) return new Map();
  const { pins = {} } = fleet.rollout;
  const slotImages = new Map([...images].filter(([, { fs }]) => fs !== undefined));
  const installed = fleet.servers.filter((server) => server.networkBoot === undefined);
  const members = upgradable(installed, pins, (image) => slotImages.has(image));
  const refs = new Map<string, SlotImageRef>();
  for (const { name, image } of members) {
    const own = slotImages.get(pins[name] ?? image);
    if (own) refs.set(name, refOf(own));
  }
  const { policy, waves, excluded } = planRollout([...refs.keys()], [...slotImages.keys()], fleet.rollout);
  const placed = [
    ...waves.flatMap(({ number, name, servers, paused }) =>
      servers.map((member) => ({ member, wave: { number, name }, skip: paused ? 'paused' : '' })),
    ),
    ...excluded.map((member) => ({ member, wave: { number: 0, name: 'excluded' }, skip: 'excluded' })),
  ];
  const places = new Map<string, NonNullable<RowFacts['rollout']>>();
  for (const { member, wave, skip } of placed) {
    const ref = refs.get(member);
    if (!ref) throw new Error(`the plan names ${member}, which is no server`);
    const found = await imageFacts(ref, urn);
    places.set(member, { place: { wave, skip, policy, soak: policy.soak }, found });
  }
  return places;
}

/** One row. Pure. */
export function rowOf(name: string, { known, wanted, rollout, installs, remembered }: RowFacts): PlanRow {
  const { fate, losesData, why } = outlookOf(known, wanted);
  const row: PlanRow = {
    name,
    wave: rollout?.place.wave.name ?? '',
    action: 'none',
    from: known ? runningBuild(known) : '',
    to: '',
    slot: '',
    bytes: '',
    time: '',
    losesData,
    why,
    then: '',
    soak: rollout?.place.soak ?? 0,
    refused: '',
    unknown: '',
  };
  // Machines are made, written and removed as Pulumi comes to them: none of that waits for a wave.
  if (fate === 'remove') return { ...row, wave: 'at once', action: fate };
  if (fate === 'install' || fate === 'replace' || fate === 'rewrite')
    return {
      ...row,
      wave: 'at once',
      action: fate,
      to: installs ?? '',
      then: afterInstall(rollout, installs),
    };
  const booted: PlanRow = { ...row, action: fate === 'boot' ? 'boot' : 'none' };
  if (!known || !wanted?.image || !rollout) return booted;
  const installation = installId(wanted.image, wanted.reinstall);
  const upgraded = upgradeRow(row, known, rollout.place, rollout.found, installation, remembered);
  return upgraded.action === 'none' && fate === 'boot' ? { ...upgraded, action: 'boot' } : upgraded;
}

/** What is written to a disk may not be the build that the rollout wants: then it is upgraded in its wave. */
function afterInstall(rollout: RowFacts['rollout'], installs: string | undefined): string {
  if (rollout?.place.skip !== '') return '';
  const { found, place } = rollout;
  const same = compareBuilds(installs, found.build) === 'same';
  return same ? '' : `then upgraded to ${shownBuild(found.build)}, ${place.wave.name}`;
}

/** The build that it ran when it was last looked at, or since when no look has seen it. */
function runningBuild(known: KnownMachine): string {
  const { boot } = known;
  const upgrade = upgradeOfDisk(known);
  const seen = upgrade && upgrade.running.slot !== '' ? upgrade.running : undefined;
  const since = upgrade?.running.unseenSince ?? boot?.unseenSince;
  if (since !== undefined) return sayUnseen(since);
  // States of earlier versions keep what a machine ran that does not answer any more.
  if (!seen && boot?.reachable === false) return sayUnseen(undefined);
  return seen?.build ?? boot?.build ?? '';
}

function refOf({ img, fs, build, checksums, signify }: FleetImage): SlotImageRef {
  return {
    img: img.resolved,
    fs: fs?.resolved ?? '',
    ...(build !== undefined && { build }),
    checksums: checksums.map(({ resolved }) => resolved),
    ...(signify && { signature: { signify: signify.resolved } }),
  };
}
