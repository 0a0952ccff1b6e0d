import type { ResourceType } from '../resource-type.ts';
import { answered, splitId } from '../resource-type.ts';
import { commonFields } from '../schema/fields.ts';
import { withoutZone, withZone } from '../schema/values.ts';

/** Scaleway's gigabyte. */
export const gigabyte = 1_000_000_000;

interface Volume {
  readonly id: string;
  readonly name: string;
  readonly volume_type: string;
  readonly size: number;
  readonly organization: string;
  readonly project: string;
  readonly server: { readonly id: string } | null;
  readonly tags: readonly string[];
}

/** `scaleway.instance.Volume`, a local volume: https://www.pulumi.com/registry/packages/scaleway/api-docs/instance/volume/ */
export const volume: ResourceType = {
  token: 'scaleway:instance/volume:Volume',
  fields: {
    ...commonFields,
    fromSnapshotId: { type: 'text', replaces: true, isId: true },
    migrateToSbs: { type: 'boolean', standard: false },
    name: { type: 'text', computed: true },
    // Local volumes cannot be resized; the real provider finds that out in the update only.
    sizeInGb: { type: 'number', computed: true },
    type: { type: 'text', required: true, replaces: true, oneOf: ['l_ssd', 'scratch'] },
  },
  outputs: ['organizationId', 'serverId'],
  checkTogether: (inputs) => {
    const given = ['sizeInGb', 'fromSnapshotId'].filter((name) => inputs[name] !== undefined);
    return given.length === 1
      ? []
      : [{ property: 'sizeInGb', reason: 'give one of sizeInGb and fromSnapshotId' }];
  },
  async create({ http, projectId, zone }, inputs) {
    const where = (inputs['zone'] as string | undefined) ?? zone;
    const size = inputs['sizeInGb'] as number | undefined;
    const snapshot = inputs['fromSnapshotId'] as string | undefined;
    const body = {
      name: inputs['name'],
      project: inputs['projectId'] ?? projectId,
      volume_type: inputs['type'],
      tags: inputs['tags'] ?? [],
      ...(size === undefined ? {} : { size: size * gigabyte }),
      ...(snapshot === undefined ? {} : { base_snapshot: withoutZone(snapshot) }),
    };
    const made = await http.json<{ volume: Volume }>({
      method: 'POST',
      path: `/instance/v1/zones/${where}/volumes`,
      body,
    });
    return withZone(where, answered(made).volume.id);
  },
  async read(connection, id, known) {
    const { zone, bare } = splitId(id, connection);
    const path = `/instance/v1/zones/${zone}/volumes/${bare}`;
    const found = await connection.http.json<{ volume: Volume }>({ method: 'GET', path, orNothing: true });
    if (found === undefined) return undefined;
    const { name, volume_type, size, organization, project, server, tags } = found.volume;
    return {
      fromSnapshotId: known['fromSnapshotId'],
      migrateToSbs: known['migrateToSbs'] ?? false,
      name,
      organizationId: organization,
      projectId: project,
      // A bare id here, unlike everywhere else.
      serverId: server === null ? '' : server.id,
      sizeInGb: size / gigabyte,
      tags,
      type: volume_type,
      zone,
    };
  },
  async update(connection, id, inputs, changed) {
    if (changed.includes('sizeInGb')) throw new Error('only block volume can be resized');
    const { zone, bare } = splitId(id, connection);
    const body: Record<string, unknown> = {};
    if (changed.includes('name')) body['name'] = inputs['name'];
    // A fault of the real provider: an update of anything else takes the tags away.
    body['tags'] = changed.includes('tags') ? (inputs['tags'] ?? []) : [];
    await connection.http.send({ method: 'PATCH', path: `/instance/v1/zones/${zone}/volumes/${bare}`, body });
  },
  async remove(connection, id) {
    const { zone, bare } = splitId(id, connection);
    await connection.http.send({
      method: 'DELETE',
      path: `/instance/v1/zones/${zone}/volumes/${bare}`,
      orNothing: true,
    });
  },
};
