import { createHash, randomUUID } from 'node:crypto';
import { instanceTime, now } from '../../compute/clock.ts';
import type { LocalCloud } from '../../compute/local-cloud.ts';
import type { SecurityGroupRecord } from '../../store/records.ts';
import { Arguments } from '../arguments.ts';
import { ownProject } from '../auth.ts';
import { collectionRoutes } from '../collection.ts';
import { notFound, preconditionFailed } from '../error.ts';
import { instanceList } from '../list-answer.ts';
import { jsonBody, param, type ApiAnswer, type ApiRequest, type Route } from '../router.ts';
import { zoneOf } from '../zones.ts';

const base = '/instance/v1/zones/:zone/security_groups';
const policies = ['accept', 'drop'] as const;

/** Security groups: kept and shown. Nothing is filtered: only this machine reaches the servers anyway. */
export function securityGroupRoutes(cloud: LocalCloud): readonly Route[] {
  return [
    ...collectionRoutes(base, {
      list: (request) => list(cloud, request),
      create: (request) => create(cloud, request),
      show: (request) => ({
        status: 200,
        body: { security_group: groupView(cloud, securityGroupOf(cloud, request)) },
      }),
      update: (request) => update(cloud, request),
      remove: (request) => remove(cloud, request),
    }),
    { method: 'PUT', pattern: `${base}/:id`, handler: (request) => update(cloud, request) },
  ];
}

/** The group that a request names. @throws 404 */
export function securityGroupOf(cloud: LocalCloud, request: ApiRequest): SecurityGroupRecord {
  const id = param(request, 'id');
  const group = cloud.store.get('securityGroup', id);
  if (group?.zone !== zoneOf(request)) throw notFound('instance_security_group', id);
  return group;
}

/** The project's own group of a zone, made when it is needed first; its id is always the same. */
export function defaultSecurityGroup(cloud: LocalCloud, zone: string): SecurityGroupRecord {
  const { projectId } = cloud.identity;
  const hash = createHash('sha256').update(`${projectId} ${zone}`).digest('hex');
  const id = [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `4${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-');
  const known = cloud.store.get('securityGroup', id);
  if (known !== undefined) return known;
  const group = { ...emptyGroup(zone, projectId), id, name: 'Default security group', projectDefault: true };
  cloud.store.commit((change) => {
    change.put('securityGroup', group);
  });
  return group;
}

function emptyGroup(zone: string, projectId: string): SecurityGroupRecord {
  const at = now();
  return {
    id: randomUUID(),
    zone,
    projectId,
    name: 'security group',
    tags: [],
    createdAt: at,
    updatedAt: at,
    description: '',
    stateful: true,
    inboundDefaultPolicy: 'accept',
    outboundDefaultPolicy: 'accept',
    enableDefaultSecurity: true,
    projectDefault: false,
    rules: [],
  };
}

function list(cloud: LocalCloud, request: ApiRequest): ApiAnswer {
  const zone = zoneOf(request);
  defaultSecurityGroup(cloud, zone);
  const { query } = request;
  const all = cloud.store
    .list('securityGroup')
    .filter(
      (group) =>
        group.zone === zone &&
        group.name.includes(query.get('name') ?? '') &&
        (query.get('project') ?? group.projectId) === group.projectId &&
        (query.get('project_default') ?? String(group.projectDefault)) === String(group.projectDefault),
    );
  return instanceList(request, '/security_groups', all, (group) => groupView(cloud, group));
}

function create(cloud: LocalCloud, request: ApiRequest): ApiAnswer {
  const zone = zoneOf(request);
  const body = jsonBody(request);
  const projectId = ownProject(body, cloud.identity, 'instance_security_group');
  const group = changed(emptyGroup(zone, projectId), body);
  cloud.store.commit((change) => {
    change.put('securityGroup', group);
  });
  return { status: 201, body: { security_group: groupView(cloud, group) } };
}

function update(cloud: LocalCloud, request: ApiRequest): ApiAnswer {
  const group = changed(securityGroupOf(cloud, request), jsonBody(request));
  cloud.store.commit((change) => {
    change.put('securityGroup', group);
  });
  return { status: 200, body: { security_group: groupView(cloud, group) } };
}

function changed(group: SecurityGroupRecord, body: Readonly<Record<string, unknown>>): SecurityGroupRecord {
  const fields = new Arguments(body);
  const result = {
    ...group,
    name: fields.text('name', { longest: 255 }) ?? group.name,
    description: fields.text('description') ?? group.description,
    tags: fields.texts('tags') ?? group.tags,
    stateful: fields.boolean('stateful') ?? group.stateful,
    inboundDefaultPolicy: fields.oneOf('inbound_default_policy', policies) ?? group.inboundDefaultPolicy,
    outboundDefaultPolicy: fields.oneOf('outbound_default_policy', policies) ?? group.outboundDefaultPolicy,
    enableDefaultSecurity: fields.boolean('enable_default_security') ?? group.enableDefaultSecurity,
    updatedAt: now(),
  };
  fields.check();
  return result;
}

function remove(cloud: LocalCloud, request: ApiRequest): ApiAnswer {
  const group = securityGroupOf(cloud, request);
  const used = cloud.store.list('server').some((server) => server.securityGroupId === group.id);
  if (used || group.projectDefault) {
    throw preconditionFailed('resource_still_in_use', 'group is in use. you cannot delete it.');
  }
  cloud.store.commit((change) => {
    change.remove('securityGroup', group.id);
  });
  return { status: 204 };
}

function groupView(cloud: LocalCloud, group: SecurityGroupRecord): object {
  const servers = cloud.store.list('server').filter((server) => server.securityGroupId === group.id);
  return {
    id: group.id,
    name: group.name,
    description: group.description,
    enable_default_security: group.enableDefaultSecurity,
    inbound_default_policy: group.inboundDefaultPolicy,
    outbound_default_policy: group.outboundDefaultPolicy,
    organization: cloud.identity.organizationId,
    project: group.projectId,
    organization_default: group.projectDefault,
    project_default: group.projectDefault,
    servers: servers.map((server) => ({ id: server.id, name: server.name })),
    stateful: group.stateful,
    state: 'available',
    tags: group.tags,
    creation_date: instanceTime(group.createdAt),
    modification_date: instanceTime(group.updatedAt),
    zone: group.zone,
  };
}
