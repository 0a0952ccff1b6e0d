import { inventory } from '../../../clouds/scaleway/inventory.ts';
import { resolveEndpoints } from '../../../clouds/scaleway/endpoints.ts';
import type { EndpointsFile } from '../../../contracts/endpoints-file.ts';
import { Deadline } from '../../../waiting/deadline.ts';
import { poll } from '../../../waiting/poll.ts';
import { S3Client, ListBucketsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { Workplace } from './workplace.ts';

/** A server as the tests need it. */
export interface ServerShown {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly state_detail: string;
  readonly boot_type: string;
  readonly tags: readonly string[];
}

/** The embedded cloud asked by hand, as somebody beside Pulumi would. */
export interface CloudApi {
  call(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  servers(): Promise<readonly ServerShown[]>;
  /** @throws when there is not exactly one of this name. */
  server(name: string): Promise<ServerShown>;
  /** Asks for a power action and waits for the state. */
  power(name: string, action: 'poweron' | 'poweroff', wanted: string): Promise<void>;
  /** bootfleet's note about a machine, parsed; `undefined`: none. */
  note(id: string): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** Sets a fault; see docs/localcloud.md. */
  fault(fault: Readonly<Record<string, unknown>>): Promise<void>;
  clearFaults(): Promise<void>;
  /** All that is paid for: one line each, sorted; objects too. For comparing before and after. */
  listing(): Promise<readonly string[]>;
  /** Keys of all objects of all buckets, `bucket/key`; an empty bucket is `bucket/`. */
  objects(): Promise<readonly string[]>;
  /** The object storage, with the cloud's keys. */
  storage(): S3Client;
}

const zone = '/instance/v1/zones/fr-par-1';

/** For a cloud that was started with object storage. */
export function cloudApi(place: Workplace, endpoints: EndpointsFile): CloudApi {
  const api: CloudApi = {
    async call(method, path, body) {
      const response = await fetch(endpoints.api + path, {
        method,
        headers: { 'X-Auth-Token': endpoints.secretKey, 'Content-Type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json') ?? false;
      return { status: response.status, body: text === '' || !isJson ? text : (JSON.parse(text) as unknown) };
    },
    async servers() {
      const { body } = await ok(api, 'GET', `${zone}/servers?per_page=100`);
      return (body as { servers: ServerShown[] }).servers;
    },
    async server(name) {
      const found = (await api.servers()).filter((one) => one.name === name);
      const [one] = found;
      if (one === undefined || found.length > 1)
        throw new Error(`${found.length} servers are called ${name}`);
      return one;
    },
    async power(name, action, wanted) {
      const { id } = await api.server(name);
      await ok(api, 'POST', `${zone}/servers/${id}/action`, { action });
      await poll({
        probe: async () => ((await api.server(name)).state === wanted ? true : undefined),
        deadline: Deadline.after(60),
        every: 0.2,
        onTimeout: () => new Error(`${name} did not become ${wanted}`),
      });
    },
    async note(id) {
      const { status, body } = await api.call('GET', `${zone}/servers/${id}/user_data/bootfleet`);
      if (status === 404) return undefined;
      return (typeof body === 'string' ? JSON.parse(body) : body) as Record<string, unknown>;
    },
    async fault(fault) {
      await ok(api, 'POST', '/bootfleet/v1/faults', fault);
    },
    async clearFaults() {
      await ok(api, 'DELETE', '/bootfleet/v1/faults');
    },
    async listing() {
      const at = await resolveEndpoints({ kind: 'scaleway', zone: 'fr-par-1', endpoint: 'local' }, place.env);
      const items = await inventory(at, 'fr-par-1');
      const states = new Map((await api.servers()).map(({ id, state }) => [id, state]));
      const lines = items.map(({ kind, id, name, tags }) =>
        [kind, id, name, tags.join(','), states.get(id) ?? ''].join(' ').trim(),
      );
      return [...lines, ...(await api.objects()).map((key) => `object ${key}`)].toSorted();
    },
    async objects() {
      const client = api.storage();
      try {
        const { Buckets = [] } = await client.send(new ListBucketsCommand());
        const keys: string[] = [];
        for (const { Name: Bucket = '' } of Buckets) {
          const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
          keys.push(
            ...(Contents.length === 0 ? [''] : Contents.map(({ Key = '' }) => Key)).map(
              (key) => `${Bucket}/${key}`,
            ),
          );
        }
        return keys.toSorted();
      } finally {
        client.destroy();
      }
    },
    storage() {
      const { s3, accessKey, secretKey } = endpoints;
      return new S3Client({
        endpoint: s3.endpoint,
        region: s3.region,
        forcePathStyle: true,
        credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
      });
    },
  };
  return api;
}

async function ok(api: CloudApi, method: string, path: string, body?: unknown): Promise<{ body: unknown }> {
  const answer = await api.call(method, path, body);
  if (answer.status >= 300)
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer;
}
