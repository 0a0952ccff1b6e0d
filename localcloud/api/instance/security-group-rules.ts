import { randomUUID } from 'node:crypto';
import { now } from '../../compute/clock.ts';
import type { LocalCloud } from '../../compute/local-cloud.ts';
import type { SecurityGroupRecord, SecurityRule } from '../../store/records.ts';
import { Arguments } from '../arguments.ts';
import { notFound } from '../error.ts';
import { instanceList } from '../list-answer.ts';
import { jsonBody, param, type ApiAnswer, type ApiRequest, type Route } from '../router.ts';
import { securityGroupOf } from './security-groups.ts';

const base = '/instance/v1/zones/:zone/security_groups/:id/rules';

/** Rules of a security group, one by one or all at once (PUT). */
export function securityGroupRuleRoutes(cloud: LocalCloud): readonly Route[] {
  return [
    {
      method: 'GET',
      pattern: base,
      handler: (request) => {
        const group = securityGroupOf(cloud, request);
        return instanceList(request, `/security_groups/${group.id}/rules`, rulesView(group), (rule) => rule);
      },
    },
    { method: 'POST', pattern: base, handler: (request) => create(cloud, request) },
    { method: 'PUT', pattern: base, handler: (request) => replaceAll(cloud, request) },
    {
      method: 'GET',
      pattern: `${base}/:rule`,
      handler: (request) => {
        const group = securityGroupOf(cloud, request);
        const rule = rulesView(group).find((one) => one.id === param(request, 'rule'));
        if (rule === undefined) throw notFound('instance_security_group_rule', param(request, 'rule'));
        return { status: 200, body: { rule } };
      },
    },
    {
      method: 'DELETE',
      pattern: `${base}/:rule`,
      handler: (request) => {
        const group = securityGroupOf(cloud, request);
        const id = param(request, 'rule');
        const rules = group.rules.filter((rule) => rule.id !== id);
        if (rules.length === group.rules.length) throw notFound('instance_security_group_rule', id);
        store(cloud, group, rules);
        return { status: 204 };
      },
    },
  ];
}

function create(cloud: LocalCloud, request: ApiRequest): ApiAnswer {
  const group = securityGroupOf(cloud, request);
  const rule = parseRule(jsonBody(request));
  const changed = store(cloud, group, [...group.rules, rule]);
  return { status: 201, body: { rule: rulesView(changed).at(-1) ?? {} } };
}

function replaceAll(cloud: LocalCloud, request: ApiRequest): ApiAnswer {
  const group = securityGroupOf(cloud, request);
  const fields = new Arguments(jsonBody(request));
  const rules = (fields.objects('rules') ?? []).map(parseRule);
  fields.check();
  return { status: 200, body: { rules: rulesView(store(cloud, group, rules)) } };
}

function store(
  cloud: LocalCloud,
  group: SecurityGroupRecord,
  rules: readonly SecurityRule[],
): SecurityGroupRecord {
  const changed = { ...group, rules, updatedAt: now() };
  cloud.store.commit((change) => {
    change.put('securityGroup', changed);
  });
  return changed;
}

function parseRule(body: Readonly<Record<string, unknown>>): SecurityRule {
  const fields = new Arguments(body);
  const rule: SecurityRule = {
    id: fields.text('id') ?? randomUUID(),
    protocol: fields.oneOf('protocol', ['TCP', 'UDP', 'ICMP', 'ANY']) ?? 'TCP',
    direction: fields.oneOf('direction', ['inbound', 'outbound']) ?? 'inbound',
    action: fields.oneOf('action', ['accept', 'drop']) ?? 'accept',
    ipRange: fields.text('ip_range') ?? '0.0.0.0/0',
    portFrom: fields.integer('dest_port_from', { most: 65535 }) ?? null,
    portTo: fields.integer('dest_port_to', { most: 65535 }) ?? null,
  };
  fields.check();
  return rule;
}

function rulesView(group: SecurityGroupRecord) {
  return group.rules.map((rule, index) => ({
    id: rule.id,
    protocol: rule.protocol,
    direction: rule.direction,
    action: rule.action,
    ip_range: rule.ipRange,
    dest_port_from: rule.portFrom,
    dest_port_to: rule.portTo,
    position: index + 1,
    editable: true,
    zone: group.zone,
  }));
}
