import { randomUUID } from 'node:crypto';
import { now } from '../../compute/clock.ts';
import type { LocalCloud } from '../../compute/local-cloud.ts';
import type { ServerRecord } from '../../store/records.ts';
import { Arguments } from '../arguments.ts';
import { invalidArgument, notFound, preconditionFailed } from '../error.ts';
import { jsonBody, type ApiAnswer, type ApiRequest, type Route } from '../router.ts';
import { serverTypes } from './products.ts';
import { checkUnattached } from './server-create.ts';
import { localStorageProblem, volumeKind } from './server-request.ts';
import { serverView } from './server-view.ts';
import { serverOf } from './servers.ts';

const base = '/instance/v1/zones/:zone/servers';

/** Attaching and detaching volumes. The machine sees it at its next power-on. */
export function serverVolumeRoutes(cloud: LocalCloud): readonly Route[] {
  return [
    { method: 'POST', pattern: `${base}/:id/attach-volume`, handler: (request) => attach(cloud, request) },
    { method: 'POST', pattern: `${base}/:id/detach-volume`, handler: (request) => detach(cloud, request) },
  ];
}

function attach(cloud: LocalCloud, request: ApiRequest): ApiAnswer {
  const server = serverOf(cloud, request);
  const fields = new Arguments(jsonBody(request));
  const volumeId = fields.text('volume_id', { required: true }) ?? '';
  const boot = fields.boolean('boot') ?? false;
  const kind = volumeKind(fields);
  fields.check();
  const volume = checkUnattached(cloud, volumeId, kind);
  if (volume.zone !== server.zone) throw notFound('instance_volume', volumeId);
  if (volume.kind === 'l_ssd' && server.state !== 'stopped') {
    throw preconditionFailed('unknown_precondition', 'server should be stopped');
  }
  const held = server.volumes.map((one) => cloud.store.get('volume', one.volumeId));
  const local = [...held, volume].filter((one) => one?.kind === 'l_ssd').map((one) => one?.size ?? 0);
  const type = serverTypes[server.commercialType];
  const problem = type && localStorageProblem(type, server.commercialType, local);
  if (problem !== undefined) throw invalidArgument('volume_id', 'constraint', problem);
  const at = now();
  const used = new Set(server.volumes.map((one) => one.slot));
  const slot =
    Array.from({ length: 100 }, (_, index) => String(index)).find((name) => !used.has(name)) ?? '99';
  const changed: ServerRecord = {
    ...server,
    volumes: [...server.volumes, { slot, volumeId, boot }],
    updatedAt: at,
  };
  cloud.store.commit((change) => {
    change.put('server', changed);
    change.put('volume', {
      ...volume,
      serverId: server.id,
      referenceId: randomUUID(),
      attachedAt: at,
      updatedAt: at,
    });
  });
  return { status: 200, body: { server: serverView(cloud, changed) } };
}

function detach(cloud: LocalCloud, request: ApiRequest): ApiAnswer {
  const server = serverOf(cloud, request);
  const fields = new Arguments(jsonBody(request));
  const volumeId = fields.text('volume_id', { required: true }) ?? '';
  fields.check();
  const volume = cloud.store.get('volume', volumeId);
  if (volume?.serverId !== server.id) throw notFound('instance_volume', volumeId);
  if (server.state !== 'stopped' && server.state !== 'stopped in place') {
    throw preconditionFailed('unknown_precondition', 'server should be stopped');
  }
  const at = now();
  const changed: ServerRecord = {
    ...server,
    volumes: server.volumes.filter((one) => one.volumeId !== volumeId),
    updatedAt: at,
  };
  cloud.store.commit((change) => {
    change.put('server', changed);
    change.put('volume', {
      ...volume,
      serverId: null,
      referenceId: null,
      attachedAt: null,
      lastDetachedAt: at,
      updatedAt: at,
    });
  });
  return { status: 200, body: { server: serverView(cloud, changed) } };
}
