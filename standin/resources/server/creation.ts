import type { Values } from '../../schema/fields.ts';
import { withoutZone } from '../../schema/values.ts';
import { gigabyte } from '../volume.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether `image` is a label of the marketplace, which has to be looked up first. */
export function isImageLabel(image: string): boolean {
  return !uuid.test(withoutZone(image));
}

/**
 * The body of POST servers. Keys and their order are those of the real provider's recorded requests.
 *
 * @param imageId a bare id, or `undefined` when the server boots a volume that exists.
 * @param volumes types of the additional volumes by their bare id: the API wants the type named for block volumes. The
 * root volume's type is not looked up, as the real provider does not: it is what the arguments say, or left out.
 */
export function creationBody(
  inputs: Values,
  projectId: string,
  imageId: string | undefined,
  volumes: ReadonlyMap<string, 'l_ssd' | 'sbs_volume'>,
): Values {
  const ips = ((inputs['ipIds'] ?? (inputs['ipId'] ? [inputs['ipId']] : [])) as readonly string[]).map(
    withoutZone,
  );
  const group = inputs['securityGroupId'] as string | undefined;
  const tags = (inputs['tags'] ?? []) as readonly string[];
  const extra = (inputs['additionalVolumeIds'] ?? []) as readonly string[];
  const slots: Record<string, unknown> = { 0: rootVolume((inputs['rootVolume'] ?? {}) as Values) };
  for (const [i, id] of extra.map(withoutZone).entries())
    slots[i + 1] = { id, volume_type: volumes.get(id) ?? 'l_ssd' };
  return {
    name: inputs['name'],
    dynamic_ip_required: inputs['enableDynamicIp'] ?? false,
    commercial_type: inputs['type'],
    ...(imageId === undefined ? {} : { image: imageId }),
    volumes: slots,
    ...(ips.length === 0 ? {} : { public_ips: ips }),
    boot_type: inputs['bootType'] ?? 'local',
    project: inputs['projectId'] ?? projectId,
    ...(tags.length === 0 ? {} : { tags }),
    ...(group === undefined || group === '' ? {} : { security_group: withoutZone(group) }),
    ...(inputs['protected'] === true ? { protected: true } : {}),
  };
}

function rootVolume(root: Values): Values {
  const given = root['volumeId'] as string | undefined;
  const id = given === undefined || given === '' ? undefined : withoutZone(given);
  const size = root['sizeInGb'] as number | undefined;
  const type = root['volumeType'];
  return {
    ...(id === undefined ? {} : { id }),
    boot: root['boot'] ?? false,
    ...(id !== undefined || size === undefined ? {} : { size: size * gigabyte }),
    ...(type === undefined ? {} : { volume_type: type }),
    ...(root['name'] === undefined ? {} : { name: root['name'] }),
  };
}
