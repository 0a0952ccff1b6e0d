import { Deadline } from '../../waiting/deadline.ts';
import { poll } from '../../waiting/poll.ts';
import { waitTooLong } from '../../errors/setup.ts';
import type { Connection, ResourceType } from '../resource-type.ts';
import { answered, splitId } from '../resource-type.ts';
import type { Values } from '../schema/fields.ts';
import { commonFields } from '../schema/fields.ts';
import { withoutZone, withZone } from '../schema/values.ts';
import { gigabyte } from './volume.ts';

/** A volume of block storage, as the API shows it. */
export interface BlockVolume {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly project_id: string;
  readonly parent_snapshot_id: string | null;
  readonly status: string;
  readonly tags: readonly string[];
  readonly specs: { readonly perf_iops: number };
}

/** `scaleway.block.Volume`: https://www.pulumi.com/registry/packages/scaleway/api-docs/block/volume/ */
export const blockVolume: ResourceType = {
  token: 'scaleway:block/volume:Volume',
  fields: {
    ...commonFields,
    instanceVolumeId: { type: 'text', replaces: true, isId: true },
    iops: { type: 'number', required: true },
    name: { type: 'text', computed: true },
    sizeInGb: { type: 'number', computed: true },
    snapshotId: { type: 'text', replaces: true, isId: true },
  },
  outputs: ['srn'],
  checkTogether: (inputs) => [
    ...(inputs['instanceVolumeId'] === undefined
      ? []
      : [{ property: 'instanceVolumeId', reason: 'the embedded cloud cannot migrate volumes' }]),
    ...(inputs['sizeInGb'] === undefined && inputs['snapshotId'] === undefined
      ? [{ property: 'sizeInGb', reason: 'give one of sizeInGb and snapshotId' }]
      : []),
  ],
  // Volumes grow, but never shrink.
  replacesFor: (inputs, state, changed) =>
    changed.includes('sizeInGb') && (inputs['sizeInGb'] as number) < (state['sizeInGb'] as number)
      ? ['sizeInGb']
      : [],
  async create({ http, projectId, zone }, inputs) {
    const where = (inputs['zone'] as string | undefined) ?? zone;
    const size = inputs['sizeInGb'] as number | undefined;
    const snapshot = inputs['snapshotId'] as string | undefined;
    const bytes = size === undefined ? null : size * gigabyte;
    const body = {
      name: inputs['name'],
      perf_iops: inputs['iops'],
      project_id: inputs['projectId'] ?? projectId,
      ...(snapshot === undefined
        ? { from_empty: { size: bytes } }
        : { from_snapshot: { size: bytes, snapshot_id: withoutZone(snapshot) } }),
      tags: inputs['tags'] ?? [],
    };
    const made = await http.json<BlockVolume>({
      method: 'POST',
      path: `/block/v1/zones/${where}/volumes`,
      body,
    });
    return withZone(where, answered(made).id);
  },
  async finish(connection, id) {
    await waitForBlockVolume(connection, id);
  },
  async read(connection, id, known) {
    const found = await readBlockVolume(connection, id);
    if (found === undefined) return undefined;
    const { zone, bare } = splitId(id, connection);
    return {
      instanceVolumeId: known['instanceVolumeId'],
      iops: found.specs.perf_iops,
      name: found.name,
      projectId: found.project_id,
      sizeInGb: found.size / gigabyte,
      snapshotId: found.parent_snapshot_id === null ? undefined : withZone(zone, found.parent_snapshot_id),
      srn: `srn://block.scw.eu/zones/${zone}/volumes/${bare}`,
      tags: found.tags,
      zone,
    } satisfies Values;
  },
  async update(connection, id, inputs, changed) {
    const { zone, bare } = splitId(id, connection);
    const body: Record<string, unknown> = {};
    if (changed.includes('name')) body['name'] = inputs['name'];
    if (changed.includes('tags')) body['tags'] = inputs['tags'] ?? [];
    if (changed.includes('iops')) body['perf_iops'] = inputs['iops'];
    if (changed.includes('sizeInGb')) body['size'] = (inputs['sizeInGb'] as number) * gigabyte;
    await connection.http.send({ method: 'PATCH', path: `/block/v1/zones/${zone}/volumes/${bare}`, body });
    await waitForBlockVolume(connection, id);
  },
  async remove(connection, id) {
    await removeBlockVolume(connection, id);
  },
};

/** The volume, or `undefined` when it is gone. */
export async function readBlockVolume(connection: Connection, id: string): Promise<BlockVolume | undefined> {
  const { zone, bare } = splitId(id, connection);
  const path = `/block/v1/zones/${zone}/volumes/${bare}`;
  return await connection.http.json<BlockVolume>({ method: 'GET', path, orNothing: true });
}

/** Deletes it once nothing uses it any more; fine when it is gone. */
export async function removeBlockVolume(connection: Connection, id: string): Promise<void> {
  if ((await readBlockVolume(connection, id)) === undefined) return;
  await waitForBlockVolume(connection, id, ['available', 'error']);
  const { zone, bare } = splitId(id, connection);
  await connection.http.send({
    method: 'DELETE',
    path: `/block/v1/zones/${zone}/volumes/${bare}`,
    orNothing: true,
  });
}

/** Waits until the volume has settled. */
export async function waitForBlockVolume(
  connection: Connection,
  id: string,
  settled: readonly string[] = ['available', 'in_use', 'error'],
  seconds = 300,
): Promise<void> {
  let seen = '';
  await poll({
    probe: async () => {
      seen = (await readBlockVolume(connection, id))?.status ?? 'gone';
      return seen === 'gone' || settled.includes(seen) ? true : undefined;
    },
    deadline: Deadline.after(seconds),
    onTimeout: () => waitTooLong({ what: `block volume ${id}`, wanted: settled.join(' or '), seen, seconds }),
  });
}
