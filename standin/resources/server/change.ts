import type { Connection } from '../../resource-type.ts';
import { splitId } from '../../resource-type.ts';
import type { Values } from '../../schema/fields.ts';
import { withoutZone, withZone } from '../../schema/values.ts';
import { readBlockVolume } from '../block-volume.ts';
import { reachState, settledServer } from './power.ts';
import { wantedUserData, writeUserData } from './user-data.ts';
import { rootVolumeOf } from './view.ts';

/** The parts of PATCH servers that need no more than one request each; as the real provider, only what changed. */
export function patchBody(
  inputs: Values,
  changed: readonly string[],
  root: { id: string; name?: string } | undefined,
): Values {
  const body: Record<string, unknown> = {};
  if (changed.includes('name')) body['name'] = inputs['name'];
  if (changed.includes('tags')) body['tags'] = inputs['tags'] ?? [];
  if (changed.includes('bootType')) body['boot_type'] = inputs['bootType'] ?? 'local';
  if (changed.includes('protected')) body['protected'] = inputs['protected'] ?? false;
  if (changed.includes('enableDynamicIp')) body['dynamic_ip_required'] = inputs['enableDynamicIp'] ?? false;
  const group = inputs['securityGroupId'] as string | undefined;
  if (changed.includes('securityGroupId') && group !== undefined)
    body['security_group'] = { id: withoutZone(group) };
  if (changed.includes('rootVolume') && root !== undefined) {
    const wanted = (inputs['rootVolume'] ?? {}) as Values;
    const id = wanted['volumeId'] === undefined ? root.id : withoutZone(wanted['volumeId'] as string);
    body['volumes'] = { 0: { id, boot: wanted['boot'] ?? false, name: root.name ?? '' } };
  }
  return body;
}

/** Changes a server: attributes, addresses, user data, extra volumes, its type (for which it is off a moment), its state. */
export async function changeServer(
  connection: Connection,
  id: string,
  inputs: Values,
  changed: readonly string[],
  state: Values,
): Promise<void> {
  const { zone, bare } = splitId(id, connection);
  const path = `/instance/v1/zones/${zone}/servers/${bare}`;
  const server = await settledServer(connection, id);
  if (server === undefined) return;
  const body = patchBody(inputs, changed, rootVolumeOf(server));
  if (Object.keys(body).length > 0) await connection.http.send({ method: 'PATCH', path, body });
  if (changed.includes('ipIds') || changed.includes('ipId')) {
    const wanted = ((inputs['ipIds'] ?? (inputs['ipId'] ? [inputs['ipId']] : [])) as readonly string[]).map(
      withoutZone,
    );
    await attachIps(
      connection,
      zone,
      bare,
      wanted,
      server.public_ips.map((ip) => ip.id),
    );
  }
  if (changed.includes('userData') || changed.includes('cloudInit')) {
    await writeUserData(connection, id, wantedUserData(inputs), wantedUserData(state));
  }
  if (changed.includes('additionalVolumeIds')) {
    const have = Object.entries(server.volumes)
      .filter(([slot]) => slot !== '0')
      .map(([, one]) => one.id);
    const wanted = ((inputs['additionalVolumeIds'] ?? []) as readonly string[]).map(withoutZone);
    for (const volume_id of have.filter((one) => !wanted.includes(one)))
      await connection.http.send({ method: 'POST', path: `${path}/detach-volume`, body: { volume_id } });
    for (const volume_id of wanted.filter((one) => !have.includes(one))) {
      // The API finds a block volume only when it is told that it is one.
      const block = await readBlockVolume(connection, withZone(zone, volume_id));
      const volume_type = block === undefined ? 'l_ssd' : 'sbs_volume';
      const body = { volume_id, volume_type };
      await connection.http.send({ method: 'POST', path: `${path}/attach-volume`, body });
    }
  }
  if (changed.includes('type')) {
    const before = server.state;
    await reachState(connection, id, 'stopped');
    await connection.http.send({ method: 'PATCH', path, body: { commercial_type: inputs['type'] } });
    if (before === 'running' && !changed.includes('state')) await reachState(connection, id, 'started');
  }
  if (changed.includes('state'))
    await reachState(connection, id, (inputs['state'] as string | undefined) ?? 'started');
}

async function attachIps(
  { http }: Connection,
  zone: string,
  server: string,
  wanted: readonly string[],
  have: readonly string[],
): Promise<void> {
  const set = (ip: string, to: string | null): Promise<unknown> =>
    http.send({ method: 'PATCH', path: `/instance/v1/zones/${zone}/ips/${ip}`, body: { server: to } });
  for (const ip of wanted.filter((one) => !have.includes(one))) await set(ip, server);
  for (const ip of have.filter((one) => !wanted.includes(one))) await set(ip, null);
}
