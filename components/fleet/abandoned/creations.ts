import * as scaleway from '@pulumiverse/scaleway';
import type { ServerNodes } from '../../server/server.ts';
import type { Creation } from './creation.ts';

/** The part of a fleet's nodes that is looked at. */
export interface MadeByProvider {
  readonly servers: Readonly<Record<string, { readonly nodes: Pick<ServerNodes, 'disk'> }>>;
  readonly securityGroups: Readonly<Record<string, unknown>>;
}

/**
 * The addresses, disks and security groups among resources of a fleet. Pure.
 *
 * @param missing the way to each, as `resourcesIn` names it. Example: `servers.edge-1.ip`.
 */
export function creationsAmong(
  { servers, securityGroups }: MadeByProvider,
  missing: ReadonlySet<string>,
): Creation[] {
  const found: Creation[] = [];
  for (const [name, { nodes }] of Object.entries(servers)) {
    const disk = nodes.disk instanceof scaleway.instance.Volume ? 'volume' : 'block volume';
    if (missing.has(`servers.${name}.ip`)) found.push({ kind: 'ip', name });
    if (missing.has(`servers.${name}.disk`)) found.push({ kind: disk, name });
  }
  for (const group of Object.keys(securityGroups))
    if (missing.has(`securityGroups.${group}.securityGroup`))
      found.push({ kind: 'security group', name: group });
  return found;
}
