import { tagReserved } from '../../errors/fleet-file.ts';
import type { RolloutPolicy } from '../rollout/policy.ts';
import type { FleetServerArgs } from './args.ts';

/**
 * The tags by which bootfleet finds what belongs to a fleet in one stack. Other stacks may have a fleet of the same
 * name in the same cloud project.
 *
 * @param stack with its project. Example: `bootfleet/local`.
 * @example ownTags('demo', 'bootfleet/local') // ['bootfleet', 'fleet:demo', 'stack:bootfleet/local']
 */
export function ownTags(fleet: string, stack: string): string[] {
  return ['bootfleet', `fleet:${fleet}`, `stack:${stack}`];
}

/**
 * The tag by which a thing in the cloud is told to be the one that a resource of this name asked for; kinds are told
 * apart by the cloud.
 *
 * @example resourceTag('edge-1') // 'resource:edge-1'
 */
export function resourceTag(name: string): string {
  return `resource:${name}`;
}

/** On a thing that the cloud made although its creation failed; see components/fleet/abandoned. */
export const unrecordedTag = 'bootfleet:unrecorded';

/**
 * Why a tag cannot be a user's own: servers are found, and removed, by bootfleet's. `undefined` for one that can.
 *
 * @example reservedTag('fleet:demo') // 'fleet:'
 */
export function reservedTag(tag: string): string | undefined {
  const lower = tag.toLowerCase();
  if (lower === 'bootfleet') return lower;
  return ['bootfleet:', 'fleet:', 'stack:', 'resource:', 'ttl:', 'expires:'].find((prefix) =>
    lower.startsWith(prefix),
  );
}

/**
 * The tags of a server: those by which bootfleet finds its own, then the user's. They do not depend on the time of
 * day, or every `pulumi up` would change them; a test fleet's age is told by the cloud's own creation date.
 *
 * @throws BF1028 when one of the user's is reserved.
 * @example fleetTags(ownTags('demo', 'bootfleet/local'), 7200, ['blue']) // [..., 'ttl:7200s', 'blue']
 */
export function fleetTags(
  owner: readonly string[],
  ttl: number | undefined,
  own: readonly string[] = [],
): string[] {
  for (const tag of own) if (reservedTag(tag) !== undefined) throw tagReserved({ tag });
  const ours = [...owner, ...(ttl === undefined ? [] : [`ttl:${ttl}s`])];
  return [...ours, ...own];
}

/** The ports of a group's security group: SSH, health checks, and those asked for. Sorted, each once. */
export function groupPorts(
  servers: readonly FleetServerArgs[],
  rollout: RolloutPolicy | undefined,
): number[] {
  const health = (rollout?.health ?? []).flatMap(({ http, tcp }) => [
    ...(http ? [http.port ?? 80] : []),
    ...(tcp ? [tcp.port] : []),
  ]);
  const own = servers.flatMap(({ ssh, ports = [] }) => [...(ssh ? [ssh.port ?? 22] : []), ...ports]);
  return [...new Set([...own, ...health])].toSorted((one, other) => one - other);
}
