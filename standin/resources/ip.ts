import type { ResourceType } from '../resource-type.ts';
import { answered, splitId } from '../resource-type.ts';
import { commonFields } from '../schema/fields.ts';
import { withZone } from '../schema/values.ts';

interface Ip {
  readonly id: string;
  readonly address: string;
  readonly prefix: string | null;
  readonly reverse: string | null;
  readonly server: { readonly id: string } | null;
  readonly organization: string;
  readonly project: string;
  readonly tags: readonly string[];
  readonly type: string;
  readonly zone: string;
}

/** `scaleway.instance.Ip`: https://www.pulumi.com/registry/packages/scaleway/api-docs/instance/ip/ */
export const ip: ResourceType = {
  token: 'scaleway:instance/ip:Ip',
  fields: {
    ...commonFields,
    type: { type: 'text', computed: true, replaces: true, oneOf: ['routed_ipv4', 'routed_ipv6'] },
  },
  outputs: ['address', 'organizationId', 'prefix', 'reverse', 'serverId'],
  async create({ http, projectId, zone }, inputs) {
    const where = (inputs['zone'] as string | undefined) ?? zone;
    const { tags, type } = inputs;
    const body = {
      project: inputs['projectId'] ?? projectId,
      ...(type === undefined ? {} : { type }),
      ...listed({ tags }),
    };
    const made = await http.json<{ ip: Ip }>({
      method: 'POST',
      path: `/instance/v1/zones/${where}/ips`,
      body,
    });
    return withZone(where, answered(made).ip.id);
  },
  async read(connection, id) {
    const { zone, bare } = splitId(id, connection);
    const path = `/instance/v1/zones/${zone}/ips/${bare}`;
    const found = await connection.http.json<{ ip: Ip }>({ method: 'GET', path, orNothing: true });
    if (found === undefined) return undefined;
    const { address, prefix, reverse, server, organization, project, tags, type } = found.ip;
    return {
      address,
      organizationId: organization,
      prefix: prefix ?? `${address}/32`,
      projectId: project,
      reverse: reverse ?? '',
      serverId: server === null ? '' : withZone(zone, server.id),
      tags,
      type,
      zone,
    };
  },
  async update(connection, id, inputs) {
    const { zone, bare } = splitId(id, connection);
    const body = { tags: inputs['tags'] ?? [] };
    await connection.http.send({ method: 'PATCH', path: `/instance/v1/zones/${zone}/ips/${bare}`, body });
  },
  async remove(connection, id) {
    const { zone, bare } = splitId(id, connection);
    await connection.http.send({
      method: 'DELETE',
      path: `/instance/v1/zones/${zone}/ips/${bare}`,
      orNothing: true,
    });
  },
};

/** Only those lists that hold something: the real provider leaves empty ones out of a creation. */
function listed(lists: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(lists).filter(([, list]) => Array.isArray(list) && list.length > 0),
  );
}
