import type { LocalCloud } from '../../compute/local-cloud.ts';
import { readUserData, writeUserData } from '../../compute/user-data.ts';
import { invalidArgument } from '../error.ts';
import { param, type ApiRequest, type Route } from '../router.ts';
import { serverOf } from './servers.ts';

const base = '/instance/v1/zones/:zone/servers/:id/user_data';

/** Largest value in bytes and most keys of a server, as the vendor's pages give them. */
const limits = { value: 128 * 1024, keys: 98 };

/** User data: values are any bytes, sent and answered as text/plain. */
export function userDataRoutes(cloud: LocalCloud): readonly Route[] {
  return [
    {
      method: 'GET',
      pattern: base,
      handler: (request) => ({
        status: 200,
        body: { user_data: Object.keys(serverOf(cloud, request).userData) },
      }),
    },
    {
      method: 'GET',
      pattern: `${base}/:key`,
      handler: (request) => {
        const value = readUserData(serverOf(cloud, request), param(request, 'key'));
        // A key that is not there: 404 without a body.
        return value === undefined ? { status: 404 } : { status: 200, body: value };
      },
    },
    { method: 'PATCH', pattern: `${base}/:key`, handler: (request) => set(cloud, request) },
    {
      method: 'DELETE',
      pattern: `${base}/:key`,
      handler: (request) => {
        writeUserData(cloud.store, serverOf(cloud, request).id, param(request, 'key'), undefined);
        return { status: 204 };
      },
    },
  ];
}

function set(cloud: LocalCloud, request: ApiRequest) {
  const server = serverOf(cloud, request);
  const key = param(request, 'key');
  if (request.body.length > limits.value) {
    throw invalidArgument(key, 'constraint', `a value has at most ${limits.value} bytes`);
  }
  if (!Object.hasOwn(server.userData, key) && Object.keys(server.userData).length >= limits.keys) {
    throw invalidArgument(key, 'constraint', `a server has at most ${limits.keys} keys`);
  }
  writeUserData(cloud.store, server.id, key, request.body);
  return { status: 204, headers: { 'Content-Type': 'text/plain' } };
}
