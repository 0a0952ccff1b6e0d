import * as pulumi from '@pulumi/pulumi';
import { policyInvalid } from '../../errors/rollout.ts';
import { relativePath } from '../relative-path.ts';
import { planRollout, type RolloutPlan } from './plan/plan-rollout.ts';
import type { Wave } from './plan/waves.ts';
import type { ResolvedPolicy, RolloutPolicy } from './policy.ts';
import type { SlotImageRef } from './slot-upgrade/args.ts';
import { isSuccess, type Outcome } from './slot-upgrade/outcome.ts';
import { SlotUpgrade, type MachineArgs } from './slot-upgrade/slot-upgrade.ts';
import { upgradePolicy } from './upgrade-policy.ts';
import type { GateMachine } from './wave-gate/args.ts';
import { WaveGate } from './wave-gate/wave-gate.ts';

/** One server of a rollout. */
export interface RolloutServer {
  /** Example: `edge-1`. */
  readonly name: string;
  readonly machine: MachineArgs;
  /** A name in `images`. Example: `edge`. */
  readonly image: string;
  /** See `SlotUpgradeArgs`. Example: `edge#2026-11-21`. */
  readonly installation?: string | undefined;
  /** What must have happened before the machine can be upgraded. Example: its `BootMode`. */
  readonly ready?: pulumi.Resource | undefined;
}

/** Arguments of a `Rollout`. */
export interface RolloutArgs {
  /** In the fleet's order. */
  readonly servers: readonly RolloutServer[];
  /** By name. Example: `{ edge: { fs: 'images/edge.fs', checksums: ['images/edge.fs.cksum'] } }`. */
  readonly images: Readonly<Record<string, SlotImageRef>>;
  /** Example: `{ waves: [1, '50%', '100%'], maxInFlight: 2 }`. */
  readonly policy?: RolloutPolicy;
}

/**
 * Brings the build of a slot image to servers, wave by wave: one `SlotUpgrade` a server and one `WaveGate` a wave. Waves
 * and gates are edges of Pulumi's own graph: what a gate has not passed never starts.
 *
 * @throws a RunError with BF1700 when the policy means nothing.
 * @example
 * new Rollout('demo', {
 *   servers: [{ name: 'edge-1', machine: { cloud, server: server.id, address, sshPort: 22, hostKey, ssh }, image: 'edge' }],
 *   images: { edge: { fs: 'images/edge-20261122_0900.fs', checksums: ['images/edge-20261122_0900.fs.cksum'] } },
 *   policy: { waves: [1, '100%'], soak: '30s' },
 * });
 */
export class Rollout extends pulumi.ComponentResource {
  /** How each server's upgrade ended. */
  readonly outcomes: pulumi.Output<Record<string, Outcome>>;
  /** The underlying resources by server and by wave. */
  readonly nodes: {
    readonly upgrades: Readonly<Record<string, SlotUpgrade>>;
    readonly gates: readonly WaveGate[];
  };

  constructor(name: string, args: RolloutArgs, opts?: pulumi.ComponentResourceOptions) {
    super('bootfleet:index:Rollout', name, {}, opts);
    const { policy, waves, excluded } = planned(args);
    const forMachines = upgradePolicy(policy);
    const byName = new Map(args.servers.map((server) => [server.name, server]));
    const upgrades: Record<string, SlotUpgrade> = {};
    const gates: WaveGate[] = [];
    const ended: WaveGate[] = [];
    const upgrade = (
      server: RolloutServer,
      wave: Pick<Wave, 'number' | 'name'>,
      skip: string,
    ): SlotUpgrade => {
      const image = imageOf(args, policy, server);
      const dependsOn = [...gates.slice(-1), ...(server.ready ? [server.ready] : [])];
      const given = {
        rollout: name,
        target: server.machine,
        ...(server.installation !== undefined && { installation: server.installation }),
        image,
        wave: { number: wave.number, name: wave.name },
        skip,
        policy: forMachines,
      };
      const made = new SlotUpgrade(server.name, given, { parent: this, dependsOn });
      upgrades[server.name] = made;
      return made;
    };
    for (const server of excluded.flatMap((one) => byName.get(one) ?? []))
      upgrade(server, { number: 0, name: 'excluded' }, 'excluded');
    for (const wave of waves) {
      const machines = wave.servers.map((serverName) => {
        const server = byName.get(serverName);
        if (!server) throw new Error(`the plan names ${serverName}, which is no server`);
        const made = upgrade(server, wave, wave.paused ? `paused after wave ${policy.upTo ?? ''}` : '');
        return verdictOf(made, server, policy.soak > 0 ? imageOf(args, policy, server) : undefined);
      });
      const gate = {
        rollout: name,
        name: wave.name,
        machines,
        // From gate to gate: a list of all machines before would be stored with each of them.
        failuresBefore: gates.at(-1)?.failures ?? 0,
        paused: wave.paused,
        soak: policy.soak,
        policy: forMachines,
      };
      const made = new WaveGate(`${name}-wave-${wave.number}`, gate, { parent: this });
      gates.push(made);
      if (!wave.paused) ended.push(made);
    }
    const last = {
      rollout: name,
      name: 'rollout',
      last: true,
      ended: ended.map(({ end }) => end),
      failuresBefore: 0,
      soak: 0,
      policy: forMachines,
    };
    if (waves.length > 0)
      gates.push(new WaveGate(`${name}-rollout`, last, { parent: this, dependsOn: gates.slice(-1) }));
    this.nodes = { upgrades, gates };
    this.outcomes = pulumi.output(
      Object.fromEntries(Object.entries(upgrades).map(([server, { outcome }]) => [server, outcome])),
    );
    this.registerOutputs({ outcomes: this.outcomes });
  }
}

/** What is wrong is the user's to correct, so no stack trace is shown. */
function planned({ servers, images, policy }: RolloutArgs): RolloutPlan {
  try {
    return planRollout(
      servers.map(({ name }) => name),
      Object.keys(images),
      policy,
    );
  } catch (error) {
    if (error instanceof RangeError)
      throw new pulumi.RunError(policyInvalid({ detail: error.message }).message);
    throw error;
  }
}

function imageOf(
  { images }: RolloutArgs,
  { pins }: ResolvedPolicy,
  { name, image }: RolloutServer,
): SlotImageRef {
  const found = images[pins[name] ?? image];
  if (!found)
    throw new pulumi.RunError(
      policyInvalid({ detail: `${name} wants image ${pins[name] ?? image}, but there is none` }).message,
    );
  return {
    ...found,
    fs: relativePath(found.fs),
    checksums: found.checksums.map(relativePath),
    ...(found.img !== undefined && { img: relativePath(found.img) }),
    ...(found.signature && { signature: { signify: relativePath(found.signature.signify) } }),
  };
}

/** @param image given when the gate may have to touch the machine, because it lets it soak. */
function verdictOf(
  { outcome, why, transcript, found }: SlotUpgrade,
  server: RolloutServer,
  image: SlotImageRef | undefined,
): pulumi.Output<GateMachine> {
  return pulumi
    .all([image && pulumi.output(server.machine), outcome, why, transcript, found])
    .apply(([target, ended, reason, file, facts]): GateMachine => ({
      machine: server.name, ...(image && { target, image }), sha256: facts?.sha256 ?? '',
      outcome: ended, why: reason, transcript: image || !isSuccess(ended) ? file : '',
    })); // prettier-ignore
}
