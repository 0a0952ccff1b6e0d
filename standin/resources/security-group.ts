import type { Connection, ResourceType } from '../resource-type.ts';
import { answered, splitId } from '../resource-type.ts';
import { commonFields, type Field, type Values } from '../schema/fields.ts';
import { withZone } from '../schema/values.ts';

interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly enable_default_security: boolean;
  readonly inbound_default_policy: string;
  readonly outbound_default_policy: string;
  readonly stateful: boolean;
  readonly organization: string;
  readonly project: string;
  readonly tags: readonly string[];
}

interface Rule {
  readonly protocol: string;
  readonly direction: 'inbound' | 'outbound';
  readonly action: string;
  readonly ip_range: string;
  readonly dest_port_from: number | null;
  readonly dest_port_to: number | null;
  readonly position: number;
  readonly editable: boolean;
}

const policy: Field = { type: 'text', standard: 'accept', oneOf: ['accept', 'drop'] };
const rules: Field = {
  type: 'objects',
  standard: [],
  parts: {
    action: { type: 'text', required: true, oneOf: ['accept', 'drop'] },
    ip: { type: 'text', computed: true },
    ipRange: { type: 'text', standard: '0.0.0.0/0', emptyMeans: '0.0.0.0/0' },
    port: { type: 'number', computed: true },
    portRange: { type: 'text', computed: true },
    protocol: { type: 'text', standard: 'TCP', oneOf: ['TCP', 'UDP', 'ICMP', 'ANY'] },
  },
};

/** Arguments and the API's names for them. */
const plain = {
  name: 'name',
  description: 'description',
  enableDefaultSecurity: 'enable_default_security',
  inboundDefaultPolicy: 'inbound_default_policy',
  outboundDefaultPolicy: 'outbound_default_policy',
  stateful: 'stateful',
  tags: 'tags',
} as const;

/** `scaleway.instance.SecurityGroup`: https://www.pulumi.com/registry/packages/scaleway/api-docs/instance/securitygroup/ */
export const securityGroup: ResourceType = {
  token: 'scaleway:instance/securityGroup:SecurityGroup',
  fields: {
    ...commonFields,
    name: { type: 'text', computed: true },
    description: { type: 'text' },
    enableDefaultSecurity: { type: 'boolean', standard: true },
    externalRules: { type: 'boolean', standard: false },
    inboundDefaultPolicy: policy,
    inboundRules: rules,
    outboundDefaultPolicy: policy,
    outboundRules: rules,
    stateful: { type: 'boolean', standard: true },
  },
  outputs: ['organizationId'],
  checkTogether: (inputs) =>
    inputs['externalRules'] === true
      ? ['inboundRules', 'outboundRules']
          .filter((name) => ((inputs[name] ?? []) as readonly unknown[]).length > 0)
          .map((property) => ({ property, reason: 'cannot be given together with externalRules' }))
      : [],
  async create({ http, projectId, zone }, inputs) {
    const where = (inputs['zone'] as string | undefined) ?? zone;
    const fields: Values = this.fields;
    const body: Record<string, unknown> = { project: inputs['projectId'] ?? projectId };
    for (const [ours, theirs] of Object.entries(plain)) {
      const value = inputs[ours] ?? (fields[ours] as Field).standard;
      if (value !== undefined) body[theirs] = value;
    }
    const path = `/instance/v1/zones/${where}/security_groups`;
    const made = await http.json<{ security_group: SecurityGroup }>({ method: 'POST', path, body });
    return withZone(where, answered(made).security_group.id);
  },
  async finish(connection, id, inputs) {
    if (inputs['externalRules'] !== true) await putRules(connection, id, inputs);
  },
  async read(connection, id, known) {
    const { zone, bare } = splitId(id, connection);
    const path = `/instance/v1/zones/${zone}/security_groups/${bare}`;
    const found = await connection.http.json<{ security_group: SecurityGroup }>({
      method: 'GET',
      path,
      orNothing: true,
    });
    if (found === undefined) return undefined;
    const group = found.security_group;
    const external = known['externalRules'] === true;
    const all = external ? [] : await connection.http.listAll<Rule>(`${path}/rules`, 'rules');
    return {
      ...Object.fromEntries(Object.entries(plain).map(([ours, theirs]) => [ours, group[theirs]])),
      externalRules: external,
      inboundRules: rulesOf(all, 'inbound', known['inboundRules']),
      outboundRules: rulesOf(all, 'outbound', known['outboundRules']),
      organizationId: group.organization,
      projectId: group.project,
      zone,
    };
  },
  async update(connection, id, inputs, changed) {
    const { zone, bare } = splitId(id, connection);
    const body: Record<string, unknown> = {};
    for (const [ours, theirs] of Object.entries(plain)) {
      if (changed.includes(ours)) body[theirs] = inputs[ours] ?? this.fields[ours]?.standard ?? '';
    }
    if (Object.keys(body).length > 0) {
      await connection.http.send({
        method: 'PATCH',
        path: `/instance/v1/zones/${zone}/security_groups/${bare}`,
        body,
      });
    }
    const touched = ['inboundRules', 'outboundRules', 'externalRules'].some((name) => changed.includes(name));
    if (touched && inputs['externalRules'] !== true) await putRules(connection, id, inputs);
  },
  async remove(connection, id) {
    const { zone, bare } = splitId(id, connection);
    const path = `/instance/v1/zones/${zone}/security_groups/${bare}`;
    await connection.http.send({ method: 'DELETE', path, orNothing: true });
  },
};

/** Replaces all rules at once, so that there is no moment without any. */
async function putRules(connection: Connection, id: string, inputs: Values): Promise<void> {
  const { zone, bare } = splitId(id, connection);
  const wanted = (direction: Rule['direction'], list: unknown): Omit<Rule, 'editable'>[] =>
    ((list ?? []) as readonly Values[]).map((rule, i) => ruleFor(direction, rule, i + 1));
  const body = {
    rules: [...wanted('inbound', inputs['inboundRules']), ...wanted('outbound', inputs['outboundRules'])],
  };
  const path = `/instance/v1/zones/${zone}/security_groups/${bare}/rules`;
  await connection.http.send({ method: 'PUT', path, body });
}

function ruleFor(direction: Rule['direction'], rule: Values, position: number): Omit<Rule, 'editable'> {
  const [from, to] = portsOf(rule);
  return {
    action: rule['action'] as string,
    protocol: (rule['protocol'] as string | undefined) ?? 'TCP',
    direction,
    ip_range: textOf(rule['ipRange']) ?? hostRange(textOf(rule['ip'])) ?? '0.0.0.0/0',
    dest_port_from: from,
    dest_port_to: to,
    position,
  };
}

/** Left out and empty are the same. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function hostRange(ip: string | undefined): string | undefined {
  return ip && `${ip}/32`;
}

function portsOf(rule: Values): [number | null, number | null] {
  const port = rule['port'] as number | undefined;
  if (port !== undefined && port !== 0) return [port, null];
  const [, from, to] = /^(\d+)-(\d+)$/.exec((rule['portRange'] as string | undefined) ?? '') ?? [];
  return from === undefined ? [null, null] : [Number(from), Number(to)];
}

/**
 * The rules of one direction in their order, without those that the cloud adds itself. As with the real provider, a
 * rule that is still what the state says keeps the state's words: any address stays an empty `ipRange`.
 *
 * @param known the rules in the state.
 */
function rulesOf(all: readonly Rule[], direction: Rule['direction'], known: unknown): Values[] {
  const before = (known ?? []) as readonly Values[];
  return all
    .filter((rule) => rule.direction === direction && rule.editable)
    .sort((a, b) => a.position - b.position)
    .map((rule, i) => {
      const { action, protocol, ip_range, dest_port_from: from, dest_port_to: to } = rule;
      const kept = before[i];
      if (kept !== undefined && isRule(rule, ruleFor(direction, kept, rule.position)))
        return { ip: '', ipRange: '', port: 0, portRange: '', protocol: 'TCP', ...kept };
      return {
        action,
        protocol,
        ipRange: ip_range,
        ip: '',
        port: from !== null && (to === null || to === from) ? from : 0,
        portRange: from !== null && to !== null && to !== from ? `${from}-${to}` : '',
      };
    });
}

function isRule(rule: Rule, wanted: Omit<Rule, 'editable'>): boolean {
  const names = ['action', 'protocol', 'ip_range', 'dest_port_from', 'dest_port_to'] as const;
  return names.every((name) => rule[name] === wanted[name]);
}
