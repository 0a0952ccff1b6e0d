import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runDaemon, type Daemon } from '../../localcloud/daemon/run.ts';
import type { LocalCloud } from '../../localcloud/compute/local-cloud.ts';
import type { ServerRecord } from '../../localcloud/store/records.ts';
import { Deadline } from '../../waiting/deadline.ts';
import { poll } from '../../waiting/poll.ts';

/** An answer of the API. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; loosely typed, because tests look into it. */
  readonly body: Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any
}

/** An embedded cloud with simulated machines and a client, in a folder of its own. */
export interface TestCloud {
  readonly daemon: Daemon;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Path below the API's address; a string body is sent as it is, anything else as JSON. */
  call(method: string, path: string, body?: unknown, token?: string | null): Promise<Answer>;
  /** Path below `/instance/v1/zones/fr-par-1`. */
  instance(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Waits until a server is in a state. */
  reached(id: string, state: ServerRecord['state'] | 'gone'): Promise<void>;
  /** Ends the daemon and starts it again in the same folder. */
  restarted(hooks?: { pace?: LocalCloud['pace'] }): Promise<TestCloud>;
  /** Ends it and removes its folder. */
  close(): Promise<void>;
}

export async function startTestCloud(hooks: { pace?: LocalCloud['pace'] } = {}): Promise<TestCloud> {
  return await openTestCloud(await mkdtemp(join(tmpdir(), 'localcloud-')), hooks);
}

async function openTestCloud(home: string, hooks: { pace?: LocalCloud['pace'] }): Promise<TestCloud> {
  const env = { ...process.env, BOOTFLEET_HOME: home, BOOTFLEET_CACHE: join(home, 'cache') };
  const daemon = await runDaemon({ port: undefined, machines: 'simulated', storage: false }, env, hooks);
  const { endpoints } = daemon;
  const call: TestCloud['call'] = async (method, path, body, token = endpoints.secretKey) => {
    const response = await fetch(`${endpoints.api}${path}`, {
      method,
      headers: token === null ? {} : { 'X-Auth-Token': token },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = text.startsWith('{') ? (JSON.parse(text) as Answer['body']) : {};
    return { status: response.status, headers: response.headers, text, body: json };
  };
  return {
    daemon,
    home,
    env,
    call,
    instance: (method, path, body) => call(method, `/instance/v1/zones/fr-par-1${path}`, body),
    reached: async (id, state) => {
      await poll({
        probe: () =>
          Promise.resolve((daemon.cloud.store.get('server', id)?.state ?? 'gone') === state || undefined),
        deadline: Deadline.after(20),
        every: 0.005,
        onTimeout: () =>
          new Error(`server ${id} is ${daemon.cloud.store.get('server', id)?.state ?? 'gone'}, not ${state}`),
      });
    },
    restarted: async (again = {}) => {
      await daemon.stop();
      return await openTestCloud(home, again);
    },
    close: async () => {
      await daemon.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
