import type { LocalCloud } from '../../compute/local-cloud.ts';
import { now } from '../../compute/clock.ts';
import type { AttachedVolume, IpRecord, ServerRecord } from '../../store/records.ts';
import type { Transaction } from '../../store/store.ts';
import { Arguments } from '../arguments.ts';
import { collectionRoutes } from '../collection.ts';
import { invalidArgument, notFound, preconditionFailed } from '../error.ts';
import { instanceList } from '../list-answer.ts';
import { jsonBody, param, type ApiAnswer, type ApiRequest, type Route } from '../router.ts';
import { zoneOf } from '../zones.ts';
import { attach } from './ips.ts';
import { typesOf } from './products.ts';
import { createServer } from './server-create.ts';
import { isListed } from './server-list.ts';
import { bootTypes } from './server-request.ts';
import { serverView } from './server-view.ts';

const base = '/instance/v1/zones/:zone/servers';

/** Servers: list, create, show, change, delete. Power is in server-actions.ts. */
export function serverRoutes(cloud: LocalCloud): readonly Route[] {
  return [
    ...collectionRoutes(base, {
      list: (request) => list(cloud, request),
      create: (request) => createServer(cloud, request),
      show: (request) => ({ status: 200, body: { server: serverView(cloud, serverOf(cloud, request)) } }),
      update: (request) => update(cloud, request),
      remove: (request) => remove(cloud, request),
    }),
    {
      method: 'GET',
      pattern: `${base}/:id/private_nics`,
      handler: (request) => {
        serverOf(cloud, request);
        return { status: 200, body: { private_nics: [] } };
      },
    },
    {
      method: 'GET',
      pattern: '/instance/v2alpha1/zones/:zone/private-network-interfaces',
      handler: (request) => {
        zoneOf(request);
        return { status: 200, body: { private_network_interfaces: [], total_count: 0 } };
      },
    },
  ];
}

/** The server that a request names. @throws 404 */
export function serverOf(cloud: LocalCloud, request: ApiRequest): ServerRecord {
  const zone = zoneOf(request);
  const id = param(request, 'id');
  const server = cloud.store.get('server', id);
  if (server?.zone !== zone) throw notFound('instance_server', id);
  return server;
}

function list(cloud: LocalCloud, request: ApiRequest): ApiAnswer {
  const zone = zoneOf(request);
  const found = cloud.store
    .list('server')
    .filter(
      (server) => server.zone === zone && isListed(server, request.query, cloud.identity.organizationId),
    );
  // Newest first, as the real one does unless asked otherwise.
  const ordered = found.sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  if (request.query.get('order') === 'creation_date_asc') ordered.reverse();
  return instanceList(request, '/servers', ordered, (server) => serverView(cloud, server));
}

function update(cloud: LocalCloud, request: ApiRequest): ApiAnswer {
  const server = serverOf(cloud, request);
  const fields = new Arguments(jsonBody(request));
  const change = {
    name: fields.text('name', { longest: 255 }),
    tags: fields.texts('tags'),
    bootType: fields.oneOf('boot_type', bootTypes),
    commercialType: fields.oneOf('commercial_type', Object.keys(typesOf(cloud))),
    protected: fields.boolean('protected'),
    dynamicIpRequired: fields.boolean('dynamic_ip_required'),
    securityGroupId: securityGroupId(cloud, server.zone, fields),
    volumes: changedVolumes(server, fields),
  };
  const ips = wantedIps(cloud, server, fields);
  fields.check();
  const typeChanges = change.commercialType !== undefined && change.commercialType !== server.commercialType;
  if (typeChanges && server.state !== 'stopped') {
    throw preconditionFailed('unknown_precondition', 'server should be stopped');
  }
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  if (ips !== undefined) setIps(cloud, server, ips);
  const { ipIds } = cloud.store.get('server', server.id) ?? server;
  const changed: ServerRecord = { ...server, ...given, ipIds, updatedAt: now() };
  cloud.store.commit((transaction) => {
    transaction.put('server', changed);
    renameVolumes(cloud, fields, transaction);
  });
  return { status: 200, body: { server: serverView(cloud, changed) } };
}

/** The IPs that `public_ips` of a PATCH names: all that the server is to have. @throws 404; 400 for another server's. */
function wantedIps(
  cloud: LocalCloud,
  server: ServerRecord,
  fields: Arguments,
): readonly IpRecord[] | undefined {
  return fields.texts('public_ips')?.map((id) => {
    const ip = cloud.store.get('ip', id);
    if (ip?.zone !== server.zone) throw notFound('instance_ip', id);
    if (ip.serverId === null || ip.serverId === server.id) return ip;
    throw preconditionFailed('resource_still_in_use', 'the IP is attached to a server');
  });
}

function setIps(cloud: LocalCloud, server: ServerRecord, wanted: readonly IpRecord[]): void {
  for (const id of server.ipIds) {
    const ip = cloud.store.get('ip', id);
    if (ip !== undefined && !wanted.some((one) => one.id === id)) attach(cloud, ip, null);
  }
  for (const ip of wanted) attach(cloud, ip, server.id);
}

function securityGroupId(cloud: LocalCloud, zone: string, fields: Arguments): string | undefined {
  if (!fields.has('security_group')) return undefined;
  const id = fields.object('security_group')?.['id'];
  const group = typeof id === 'string' ? cloud.store.get('securityGroup', id) : undefined;
  if (group?.zone === zone) return group.id;
  throw notFound('instance_security_group', typeof id === 'string' ? id : '');
}

/** `volumes` of a PATCH names all volumes that the server is to have; here they must be those that it has. */
function changedVolumes(server: ServerRecord, fields: Arguments): readonly AttachedVolume[] | undefined {
  const wanted = fields.object('volumes');
  if (wanted === undefined) return undefined;
  const volumes = Object.entries(wanted).map(([slot, value]): AttachedVolume => {
    const entry = new Arguments((value ?? {}) as Readonly<Record<string, unknown>>);
    const held = server.volumes.find((volume) => volume.volumeId === entry.text('id'));
    if (held === undefined) {
      throw invalidArgument(`volumes.${slot}.id`, 'constraint', 'attach volumes by attach-volume');
    }
    return { slot, volumeId: held.volumeId, boot: entry.boolean('boot') ?? held.boot };
  });
  if (volumes.length !== server.volumes.length) {
    throw invalidArgument('volumes', 'constraint', 'detach volumes by detach-volume');
  }
  return volumes;
}

function renameVolumes(cloud: LocalCloud, fields: Arguments, change: Transaction): void {
  for (const value of Object.values(fields.object('volumes') ?? {})) {
    const entry = new Arguments((value ?? {}) as Readonly<Record<string, unknown>>);
    const volume = cloud.store.get('volume', entry.text('id') ?? '');
    const name = entry.text('name');
    // The real cloud takes the name of a local volume only; a block volume's belongs to the block API.
    if (volume?.kind === 'l_ssd' && name !== undefined)
      change.put('volume', { ...volume, name, updatedAt: now() });
  }
}

/** Volumes and IPs stay, set free. */
async function remove(cloud: LocalCloud, request: ApiRequest): Promise<ApiAnswer> {
  const server = serverOf(cloud, request);
  if (server.state !== 'stopped')
    throw preconditionFailed('resource_still_in_use', 'instance should be powered off');
  if (server.protected) throw preconditionFailed('unknown_precondition', 'server is protected');
  await cloud.machines.removed(server, []);
  return { status: 204 };
}
