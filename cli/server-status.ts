import { connectCloud } from '../clouds/connect.ts';
import type { Cloud, CloudRef, MachineView } from '../clouds/cloud.ts';
import type { BootState } from '../components/boot-mode/args.ts';
import { type Look, lookNow } from '../components/boot-mode/look.ts';
import { withDefaults } from '../components/boot-mode/waits.ts';
import type { NetworkBootState } from '../components/network-boot/args.ts';
import { networkBootContext } from '../components/network-boot/handler.ts';
import { missingProof } from '../components/network-boot/proof.ts';
import { healthOf } from '../components/rollout/health/check-health.ts';
import type { HealthCheck } from '../components/rollout/policy.ts';
import { BootfleetError } from '../errors/error.ts';
import { unhealthy } from '../errors/rollout.ts';
import { connectRemote, type RemoteTarget } from '../remote/connect.ts';
import { Deadline } from '../waiting/deadline.ts';
import type { FleetFile } from '../stacks/fleet-file.ts';
import { inParallel } from '../waiting/in-parallel.ts';
import type { StateResource } from '../components/stack-resources.ts';
import type { Owner } from './project.ts';
import { stackServers } from './stack-servers.ts';

/** One machine as `bootfleet status` shows it. Empty where nothing is known. */
export interface ServerStatus {
  readonly name: string;
  /** Example: `scaleway fr-par-1 (local)`. */
  readonly cloud: string;
  readonly state: string;
  readonly build: string;
  readonly slot: string;
  readonly nextSlot: string;
  readonly address: string;
  readonly health: 'ok' | 'failing' | 'unreachable' | 'off' | 'absent';
  /** ISO time from which on no refresh has seen it; empty when the last one did. */
  readonly unseenSince: string;
}

/** Machines asked at once. */
const atOnce = 32;

/** Looks at every machine of a fleet: those of the fleet file, and those that only the state still knows. */
export async function statusOf(
  fleet: FleetFile,
  owner: Owner,
  state: readonly StateResource[],
): Promise<ServerStatus[]> {
  const boots = new Map(
    state
      .filter(({ type }) => type === 'pulumi-nodejs:dynamic/bootfleet:BootMode')
      .map(({ name, outputs }) => [name, outputs as unknown as BootState]),
  );
  const cloud = await connectCloud(fleet.cloud);
  const networkBoots = new Map(
    state
      .filter(({ type }) => type === 'pulumi-nodejs:dynamic/bootfleet:NetworkBoot')
      .map(({ name, outputs }) => [name, outputs as unknown as NetworkBootState]),
  );
  const known = [...boots.keys(), ...networkBoots.keys()];
  const unbooted = fleet.servers.some(({ name }) => !known.includes(name));
  const views = unbooted ? await stackServers(cloud, fleet.fleet, owner, state) : undefined;
  const names = [...new Set([...fleet.servers.map(({ name }) => name), ...known])];
  return await inParallel(names, atOnce, async (name) => {
    const networkBoot = networkBoots.get(name);
    if (networkBoot) return await networkRow(name, networkBoot);
    const boot = boots.get(name);
    const view = views?.get(name);
    if (boot === undefined) return rowOf(name, fleet.cloud, view && { view, system: undefined, trouble: '' });
    const look = await lookAtMachine(cloud, boot);
    const healthy = await passes(cloud, boot, look, fleet.rollout?.health ?? []);
    return { ...rowOf(name, boot.cloud, look, healthy), unseenSince: boot.unseenSince ?? '' };
  });
}

/** A machine that boots from the network: no build and no slot, and it is well when its proof holds still. */
async function networkRow(name: string, boot: NetworkBootState): Promise<ServerStatus> {
  const context = await networkBootContext(boot);
  const view = await context.cloud.observe(boot.server);
  const row = rowOf(name, boot.cloud, view && { view, system: undefined, trouble: undefined });
  if (row.health !== 'unreachable' || view === undefined) return row;
  return { ...row, health: (await missingProof(context, view)) === undefined ? 'ok' : 'failing' };
}

async function lookAtMachine(cloud: Cloud, boot: BootState): Promise<Look | undefined> {
  return await lookNow({
    cloud,
    inputs: boot,
    waits: withDefaults(boot.waits),
    findings: { hostKey: boot.hostKey, hostKeySource: boot.hostKeySource },
    connect: connectRemote,
  });
}

/** Whether a machine that answers passes the rollout's health checks, each tried once. */
async function passes(
  cloud: Cloud,
  boot: BootState,
  look: Look | undefined,
  checks: readonly HealthCheck[],
): Promise<boolean> {
  if (look?.system === undefined || look.view.address === undefined || checks.length === 0) return true;
  const { host, portOffset } = look.view.address;
  const { machine, ssh, server, hostKey } = boot;
  const login: RemoteTarget = {
    machine,
    host,
    port: (ssh.port ?? 22) + portOffset,
    user: ssh.user,
    keyFile: ssh.keyFile,
  };
  try {
    await healthOf({
      machine,
      target: { cloud: boot.cloud, server, address: host, sshPort: login.port, ssh, hostKey },
      checks: checks.map((check) => ({ ...check, retries: 1 })),
      deadline: Deadline.after(withDefaults(boot.waits).look),
      session: (deadline) => connectRemote({ target: login, hostKey, deadline }),
      cloud: () => Promise.resolve(cloud),
    });
    return true;
  } catch (error) {
    if (error instanceof BootfleetError && error.code === unhealthy.definition.code) return false;
    throw error;
  }
}

/** A look as a row. Pure. @param healthy whether its health checks passed. */
export function rowOf(name: string, cloud: CloudRef, look: Look | undefined, healthy = true): ServerStatus {
  const { view, system } = look ?? {};
  return {
    name,
    cloud: `scaleway ${cloud.zone}${cloud.endpoint === undefined ? '' : ` (${cloud.endpoint})`}`,
    state: view === undefined ? 'absent' : stateText(view),
    build: system?.build ?? '',
    slot: system?.slot ?? '',
    nextSlot: system?.nextSlot ?? '',
    address: view?.address?.host ?? '',
    health: healthWord(look, healthy),
    unseenSince: '',
  };
}

function stateText({ power, stateDetail }: MachineView): string {
  return power === 'running' && stateDetail !== '' ? stateDetail : power;
}

function healthWord(look: Look | undefined, healthy: boolean): ServerStatus['health'] {
  if (look === undefined) return 'absent';
  if (look.view.power === 'off') return 'off';
  if (look.system === undefined) return 'unreachable';
  return healthy ? 'ok' : 'failing';
}
