import { instanceTime, now } from '../../compute/clock.ts';
import type { LocalCloud } from '../../compute/local-cloud.ts';
import type { PowerAction, ServerRecord } from '../../store/records.ts';
import { Arguments } from '../arguments.ts';
import { preconditionFailed, transientState } from '../error.ts';
import { jsonBody, type ApiAnswer, type ApiRequest, type Route } from '../router.ts';
import { backup } from './images.ts';
import { serverOf } from './servers.ts';

const base = '/instance/v1/zones/:zone/servers';
const powerActions = ['poweron', 'poweroff', 'reboot', 'stop_in_place', 'terminate'] as const;

/** `POST /servers/{id}/action` and the list of actions. */
export function serverActionRoutes(cloud: LocalCloud): readonly Route[] {
  return [
    {
      method: 'GET',
      pattern: `${base}/:id/action`,
      handler: (request) => {
        serverOf(cloud, request);
        return { status: 200, body: { actions: [...powerActions, 'backup'] } };
      },
    },
    { method: 'POST', pattern: `${base}/:id/action`, handler: (request) => act(cloud, request) },
  ];
}

function act(cloud: LocalCloud, request: ApiRequest): ApiAnswer {
  const server = serverOf(cloud, request);
  const fields = new Arguments(jsonBody(request));
  const action = fields.oneOf('action', [...powerActions, 'backup']);
  if (action === undefined) fields.refuse('action', 'required', 'is required');
  const name = fields.text('name');
  fields.check();
  if (action === 'backup') backup(cloud, server, name ?? `${server.name}-backup`);
  else if (action !== undefined) power(cloud, server, action);
  return { status: 202, body: { task: taskOf(server) } };
}

function power(cloud: LocalCloud, server: ServerRecord, action: PowerAction): void {
  if (action === 'terminate' && server.protected) {
    throw preconditionFailed('unknown_precondition', 'server is protected');
  }
  const answer = cloud.machines.act(server, action);
  if (answer.kind === 'transient') throw transientState('instance_server', server.id, server.state);
  if (answer.kind === 'refused') throw preconditionFailed('unknown_precondition', answer.help);
}

/** The real cloud's tasks are made up too; recorded word for word. */
function taskOf(server: ServerRecord): object {
  return {
    id: '00000000-0000-0000-0000-000000000000',
    description: 'fake task',
    status: 'pending',
    href_from: `/servers/${server.id}/action`,
    href_result: `/servers/${server.id}`,
    started_at: instanceTime(now()),
    terminated_at: null,
    progress: 0,
    zone: server.zone,
  };
}
