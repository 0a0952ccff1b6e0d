import { parseHostStopDetail } from '../../contracts/host-stop.ts';
import type { BootSource, MachineView, PowerState } from '../cloud.ts';

/** A server as the API describes it; only what bootfleet reads. Source: recorded answers of instance v1. */
export interface ServerAnswer {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly state_detail?: string;
  readonly boot_type?: string;
  readonly tags?: readonly string[];
  readonly public_ip?: { readonly address?: string } | null;
  readonly public_ips?: readonly { readonly address?: string; readonly family?: string }[];
  readonly allowed_actions?: readonly string[];
  readonly volumes?: Readonly<Record<string, { readonly id: string; readonly volume_type?: string }>>;
}

/** Scaleway's words for power. `stopped in place` keeps its node, but the machine does not run. */
const powerOfState: Readonly<Record<string, PowerState>> = {
  stopped: 'off',
  'stopped in place': 'off',
  starting: 'starting',
  running: 'running',
  stopping: 'stopping',
  locked: 'off',
};

const sourceOfBootType: Readonly<Record<string, BootSource>> = {
  local: 'disk',
  bootscript: 'network',
  rescue: 'rescue',
};

/** Scaleway's word for where a machine boots from. */
export const bootTypeOf: Readonly<Record<BootSource, string>> = {
  disk: 'local',
  network: 'bootscript',
  rescue: 'rescue',
};

/** What bootfleet needs of a server's description. Pure. An unknown state counts as `stopping`: wait, touch nothing. */
export function machineView(server: ServerAnswer, portOffset: number): MachineView {
  const host = addressOf(server);
  const stoppedByHost = parseHostStopDetail(server.state_detail ?? '');
  return {
    id: server.id,
    name: server.name,
    power: powerOfState[server.state] ?? 'stopping',
    bootSource: sourceOfBootType[server.boot_type ?? 'local'] ?? 'disk',
    stateDetail: server.state_detail ?? '',
    ...(stoppedByHost === undefined ? {} : { stoppedByHost }),
    address: host === undefined ? undefined : { host, portOffset },
    tags: server.tags ?? [],
  };
}

/** The first public IPv4 address, else any public address. */
function addressOf(server: ServerAnswer): string | undefined {
  const ips = server.public_ips ?? [];
  const chosen = ips.find((ip) => ip.family !== 'inet6' && ip.address) ?? ips.find((ip) => ip.address);
  return chosen?.address ?? server.public_ip?.address ?? undefined;
}

/** The id alone: Pulumi's ids of Scaleway's resources are `fr-par-1/<id>`. */
export function bareId(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}
