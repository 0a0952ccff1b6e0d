import { randomUUID } from 'node:crypto';
import { now } from '../../compute/clock.ts';
import type { LocalCloud } from '../../compute/local-cloud.ts';
import type { IpRecord } from '../../store/records.ts';
import { Arguments } from '../arguments.ts';
import { ownProject } from '../auth.ts';
import { collectionRoutes } from '../collection.ts';
import { notFound } from '../error.ts';
import { instanceList } from '../list-answer.ts';
import { jsonBody, param, type ApiAnswer, type ApiRequest, type Route } from '../router.ts';
import { zoneOf } from '../zones.ts';

/** Public IPs: loopback addresses here, kept until they are deleted. */
export function ipRoutes(cloud: LocalCloud): readonly Route[] {
  return collectionRoutes('/instance/v1/zones/:zone/ips', {
    list: (request) => list(cloud, request),
    create: (request) => create(cloud, request),
    show: (request) => ({ status: 200, body: { ip: ipView(cloud, ipOf(cloud, request)) } }),
    update: (request) => update(cloud, request),
    remove: (request) => remove(cloud, request),
  });
}

/** By id, or by address as the real one also allows. */
function ipOf(cloud: LocalCloud, request: ApiRequest): IpRecord {
  const id = param(request, 'id');
  const ip = cloud.store.get('ip', id) ?? cloud.store.list('ip').find((one) => one.address === id);
  if (ip?.zone !== zoneOf(request)) throw notFound('instance_ip', id);
  return ip;
}

function list(cloud: LocalCloud, request: ApiRequest): ApiAnswer {
  const zone = zoneOf(request);
  const tags = request.query.getAll('tags').flatMap((part) => part.split(','));
  const all = cloud.store
    .list('ip')
    .filter((ip) => ip.zone === zone && tags.every((tag) => tag === '' || ip.tags.includes(tag)))
    .filter((ip) => (request.query.get('project') ?? ip.projectId) === ip.projectId);
  return instanceList(request, '/ips', all, (ip) => ipView(cloud, ip));
}

/** Addresses on their way into the store, so that two requests at once get two. */
const reserved = new Set<string>();

async function create(cloud: LocalCloud, request: ApiRequest): Promise<ApiAnswer> {
  const zone = zoneOf(request);
  const body = jsonBody(request);
  const projectId = ownProject(body, cloud.identity, 'instance_ip');
  const fields = new Arguments(body);
  const type = fields.oneOf('type', ['routed_ipv4', 'routed_ipv6']);
  if (type === 'routed_ipv6') fields.refuse('type', 'constraint', 'the embedded cloud has no IPv6');
  const serverId = fields.text('server') ?? null;
  const tags = fields.texts('tags') ?? [];
  fields.check();
  if (serverId !== null && cloud.store.get('server', serverId)?.zone !== zone) {
    throw notFound('instance_server', serverId);
  }
  const address = await cloud.addresses.allocate({
    taken: () => new Set([...cloud.store.list('ip').map((ip) => ip.address), ...reserved]),
    reserve: (found) => reserved.add(found),
  });
  try {
    const at = now();
    const ip: IpRecord = {
      id: randomUUID(),
      zone,
      projectId,
      name: '',
      tags,
      createdAt: at,
      updatedAt: at,
      address,
      serverId: null,
      reverse: null,
    };
    const stored = attach(cloud, ip, serverId);
    return { status: 201, body: { ip: ipView(cloud, stored) } };
  } finally {
    reserved.delete(address);
  }
}

function update(cloud: LocalCloud, request: ApiRequest): ApiAnswer {
  const ip = ipOf(cloud, request);
  const body = jsonBody(request);
  const fields = new Arguments(body);
  const tags = fields.texts('tags') ?? ip.tags;
  const reverse = fields.has('reverse') ? (fields.text('reverse') ?? null) : ip.reverse;
  const serverId = fields.has('server') ? (fields.text('server') ?? null) : ip.serverId;
  fields.check();
  if (serverId !== null && cloud.store.get('server', serverId)?.zone !== ip.zone) {
    throw notFound('instance_server', serverId);
  }
  const changed = attach(cloud, { ...ip, tags, reverse, updatedAt: now() }, serverId);
  return { status: 200, body: { ip: ipView(cloud, changed) } };
}

/** Stores an address with the server it belongs to from now on; a machine sees it at its next power-on. */
export function attach(cloud: LocalCloud, ip: IpRecord, serverId: string | null): IpRecord {
  const changed = { ...ip, serverId };
  cloud.store.commit((change) => {
    change.put('ip', changed);
    if (ip.serverId === serverId) return;
    for (const [id, keep] of [
      [ip.serverId, false],
      [serverId, true],
    ] as const) {
      const server = id === null ? undefined : cloud.store.get('server', id);
      if (server === undefined) continue;
      const others = server.ipIds.filter((one) => one !== ip.id);
      change.put('server', { ...server, ipIds: keep ? [...others, ip.id] : others, updatedAt: now() });
    }
  });
  return changed;
}

async function remove(cloud: LocalCloud, request: ApiRequest): Promise<ApiAnswer> {
  const ip = ipOf(cloud, request);
  attach(cloud, ip, null);
  cloud.store.commit((change) => {
    change.remove('ip', ip.id);
  });
  await cloud.addresses.release(() => cloud.store.list('ip').length + reserved.size > 0);
  return { status: 204 };
}

function ipView(cloud: LocalCloud, ip: IpRecord): object {
  const server = ip.serverId === null ? undefined : cloud.store.get('server', ip.serverId);
  return {
    id: ip.id,
    address: ip.address,
    prefix: null,
    reverse: ip.reverse,
    server: server === undefined ? null : { id: server.id, name: server.name },
    organization: cloud.identity.organizationId,
    project: ip.projectId,
    zone: ip.zone,
    type: 'routed_ipv4',
    state: server === undefined ? 'detached' : 'attached',
    tags: ip.tags,
    ipam_id: ip.id,
  };
}
