import { imageUnknown, typeUnknown } from '../../../errors/setup.ts';
import type { Connection, ResourceType } from '../../resource-type.ts';
import { answered, splitId } from '../../resource-type.ts';
import type { Values } from '../../schema/fields.ts';
import { withoutZone, withZone } from '../../schema/values.ts';
import { readBlockVolume, waitForBlockVolume } from '../block-volume.ts';
import { gigabyte } from '../volume.ts';
import { changeServer } from './change.ts';
import { creationBody, isImageLabel } from './creation.ts';
import { refusedArguments, serverFields } from './fields.ts';
import { reachState, readServer } from './power.ts';
import { refusedType } from './refused-type.ts';
import { removeServer } from './removal.ts';
import { readUserData, wantedUserData, writeUserData } from './user-data.ts';
import { outputsOf, rootVolumeOf, type ServerView } from './view.ts';

/** `scaleway.instance.Server`: https://www.pulumi.com/registry/packages/scaleway/api-docs/instance/server/ */
export const server: ResourceType = {
  token: 'scaleway:instance/server:Server',
  fields: serverFields,
  refused: refusedArguments,
  outputs: ['organizationId', 'placementGroupPolicyRespected', 'privateIps', 'publicIps'],
  checkTogether: (inputs) => [
    ...(inputs['ipId'] !== undefined && inputs['ipIds'] !== undefined
      ? [{ property: 'ipIds', reason: 'give one of ipId and ipIds' }]
      : []),
    ...(inputs['image'] === undefined && ((inputs['rootVolume'] ?? {}) as Values)['volumeId'] === undefined
      ? [{ property: 'image', reason: 'give an image, or a root volume that exists (rootVolume.volumeId)' }]
      : []),
  ],
  replacesFor: (inputs, state, changed) => {
    if (changed.includes('type') && inputs['replaceOnTypeChange'] === true) return ['type'];
    const [wanted, have] = [inputs['rootVolume'], state['rootVolume']] as (Values | undefined)[];
    const size = wanted?.['sizeInGb'] as number | undefined;
    // A volume of its own (volumeId) is resized by its own resource.
    return changed.includes('rootVolume') && size !== undefined && size !== have?.['sizeInGb']
      ? ['rootVolume.sizeInGb']
      : [];
  },
  refusedChange: async (connect, id, inputs, { changed, replaces }) =>
    changed.includes('type') && !replaces.includes('type')
      ? await refusedType(await connect(), id, inputs['type'] as string)
      : undefined,
  async create(connection, inputs) {
    const { http, projectId } = connection;
    const zone = (inputs['zone'] as string | undefined) ?? connection.zone;
    const type = inputs['type'] as string;
    const types = await http.json<{ servers: Readonly<Record<string, unknown>> }>({
      method: 'GET',
      path: `/instance/v1/zones/${zone}/products/servers`,
      query: { page: '1', per_page: '100' },
    });
    const known = Object.keys(answered(types).servers);
    if (!known.includes(type)) throw typeUnknown({ type, known: known.join(', ') });
    const image = inputs['image'] as string | undefined;
    const imageId = image === undefined ? undefined : await imageIdOf(connection, zone, image);
    const extra = (inputs['additionalVolumeIds'] ?? []) as readonly string[];
    const volumes = await volumeTypes(connection, zone, extra);
    const body = creationBody(inputs, projectId, imageId, volumes);
    const made = await http.json<{ server: ServerView }>({
      method: 'POST',
      path: `/instance/v1/zones/${zone}/servers`,
      body,
    });
    return withZone(zone, answered(made).server.id);
  },
  async finish(connection, id, inputs) {
    const { zone } = splitId(id, connection);
    const made = await readServer(connection, id);
    const root = made && rootVolumeOf(made);
    if (root?.volume_type === 'sbs_volume') await waitForBlockVolume(connection, withZone(zone, root.id));
    await writeUserData(connection, id, wantedUserData(inputs));
    await reachState(connection, id, (inputs['state'] as string | undefined) ?? 'started');
  },
  async read(connection, id, known) {
    const { zone } = splitId(id, connection);
    const found = await readServer(connection, id);
    if (found === undefined) return undefined;
    const root = rootVolumeOf(found);
    const block =
      root?.volume_type === 'sbs_volume'
        ? await readBlockVolume(connection, withZone(zone, root.id))
        : undefined;
    const size =
      root?.size !== undefined
        ? { name: root.name ?? '', size: root.size / gigabyte, iops: 0 }
        : block && { name: block.name, size: block.size / gigabyte, iops: block.specs.perf_iops };
    return outputsOf(zone, found, size, await readUserData(connection, id), known);
  },
  update: changeServer,
  remove: removeServer,
};

/** The id of an image that is named by its id or by its label in the marketplace. @throws BF1914 */
async function imageIdOf({ http }: Connection, zone: string, label: string): Promise<string> {
  if (!isImageLabel(label)) return withoutZone(label);
  const find = async (type: string): Promise<string | undefined> => {
    const query = { image_label: label, order_by: 'type_asc', type, zone };
    const answer = await http.json<{ local_images: readonly { id: string }[] }>({
      method: 'GET',
      path: '/marketplace/v2/local-images',
      query,
      orNothing: true,
    });
    return answer?.local_images[0]?.id;
  };
  const id = (await find('instance_sbs')) ?? (await find('instance_local'));
  if (id === undefined) throw imageUnknown({ label, zone });
  return id;
}

/** Whether each additional volume is local or on block storage; a server's creation must say so. */
async function volumeTypes(
  connection: Connection,
  zone: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, 'l_ssd' | 'sbs_volume'>> {
  const types = new Map<string, 'l_ssd' | 'sbs_volume'>();
  for (const id of ids) {
    const block = await readBlockVolume(connection, withZone(zone, id));
    types.set(withoutZone(id), block === undefined ? 'l_ssd' : 'sbs_volume');
  }
  return types;
}
