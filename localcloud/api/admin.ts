import { parseHostStopDetail } from '../../contracts/host-stop.ts';
import type { LocalCloud } from '../compute/local-cloud.ts';
import type { Phase } from '../compute/machine-jobs.ts';
import type { Fault } from '../faults/fault.ts';
import { Arguments } from './arguments.ts';
import { jsonBody, param, type ApiRequest, type Route } from './router.ts';

const phases: readonly Phase[] = [
  'allocating',
  'provisioning',
  'stopping',
  'terminating',
  'rebooting',
  'volume',
];

/** The embedded cloud's own requests, below `/bootfleet/v1`: status, and faults for tests. They need the token too. */
export function adminRoutes(cloud: LocalCloud): readonly Route[] {
  return [
    {
      method: 'GET',
      pattern: '/bootfleet/v1/status',
      handler: () => {
        const servers = cloud.store.list('server');
        const running = servers.filter((server) => server.state === 'running').length;
        return {
          status: 200,
          body: {
            ...cloud.about(),
            servers: { total: servers.length, running },
            stopped_by_host: servers.flatMap(({ id, name, stateDetail }) => {
              const why = parseHostStopDetail(stateDetail);
              return why === undefined ? [] : [{ id, name, why }];
            }),
            volumes: cloud.store.list('volume').length,
            ips: cloud.store.list('ip').length,
          },
        };
      },
    },
    {
      method: 'GET',
      pattern: '/bootfleet/v1/faults',
      handler: () => ({ status: 200, body: { faults: cloud.faults.list(), phases: cloud.faults.phases } }),
    },
    {
      method: 'POST',
      pattern: '/bootfleet/v1/faults',
      handler: (request) => ({ status: 201, body: cloud.faults.add(parseFault(request)) }),
    },
    {
      method: 'DELETE',
      pattern: '/bootfleet/v1/faults',
      handler: () => {
        cloud.faults.clear();
        return { status: 204 };
      },
    },
    {
      method: 'DELETE',
      pattern: '/bootfleet/v1/faults/:id',
      handler: (request) => {
        cloud.faults.clear(Number(param(request, 'id')));
        return { status: 204 };
      },
    },
    {
      method: 'PUT',
      pattern: '/bootfleet/v1/phases',
      handler: (request) => {
        const fields = new Arguments(jsonBody(request));
        const entries = phases.map((phase) => [phase, fields.number(phase, { least: 0, most: 600 }) ?? 0]);
        fields.check();
        cloud.faults.setPhases(Object.fromEntries(entries) as Record<Phase, number>);
        return { status: 200, body: cloud.faults.phases };
      },
    },
    {
      method: 'PUT',
      pattern: '/bootfleet/v1/machines',
      handler: (request) => {
        const fields = new Arguments(jsonBody(request));
        const trouble = {
          console: fields.oneOf('console', ['refused', 'silent']),
          network: fields.oneOf('network', ['unplugged']),
        };
        fields.check();
        cloud.faults.machines = trouble;
        return { status: 200, body: trouble };
      },
    },
    {
      method: 'POST',
      pattern: '/bootfleet/v1/consoles/drop',
      handler: (request) => {
        const fields = new Arguments(jsonBody(request));
        const serverId = fields.text('server');
        fields.check();
        return { status: 200, body: { dropped: cloud.dropConsoles(serverId) } };
      },
    },
  ];
}

function parseFault(request: ApiRequest): Omit<Fault, 'id'> {
  const fields = new Arguments(jsonBody(request));
  const status = fields.integer('status', { least: 400, most: 599 });
  const lost = fields.oneOf('lost', ['before', 'after']);
  if (status !== undefined && lost !== undefined) {
    fields.refuse('lost', 'constraint', 'give status or lost, not both');
  }
  const fault: Omit<Fault, 'id'> = {
    method: fields.text('method') ?? null,
    path: fields.text('path', { required: true }) ?? '',
    skip: fields.integer('skip') ?? 0,
    times: fields.integer('times', { least: 1 }) ?? null,
    latency: fields.number('latency', { least: 0, most: 600 }) ?? 0,
    effect:
      status !== undefined
        ? { kind: 'status', status, retryAfter: fields.integer('retry_after') ?? null }
        : lost !== undefined
          ? { kind: 'lost', when: lost }
          : { kind: 'none' },
  };
  fields.check();
  return fault;
}
