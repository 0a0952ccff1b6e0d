import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EndpointsFile } from '../../../contracts/endpoints-file.ts';
import { readEndpoints } from '../../../localcloud/daemon/endpoints.ts';
import { cloudFolder } from '../../../localcloud/daemon/folder.ts';
import { leftProcesses } from '../../../localcloud/daemon/left-processes.ts';
import { startDaemon } from '../../../localcloud/daemon/start.ts';
import { cloudStatus } from '../../../localcloud/daemon/status.ts';
import { stopDaemon } from '../../../localcloud/daemon/stop.ts';
import { Deadline } from '../../../waiting/deadline.ts';

/** One real daemon with real QEMU machines and real object storage; the tests follow one another. */
const options = { port: undefined, machines: 'qemu', storage: true, tied: true, watched: true } as const;
let home = '';
let env: Record<string, string | undefined> = {};
let endpoints: EndpointsFile;
let serverId = '';

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'bf-'));
  env = { ...process.env, BOOTFLEET_HOME: home };
  endpoints = await startDaemon(options, Deadline.after(60), env);
});
afterAll(async () => {
  await stopDaemon(Deadline.after(60), env);
  await rm(home, { recursive: true, force: true });
});

/** What the tests read of the API's answers. */
interface Body {
  readonly server: { readonly id: string; readonly state: string };
  readonly ip: { readonly id: string; readonly address: string };
  readonly ips: readonly { readonly id: string }[];
}

async function call(
  method: string,
  path: string,
  body?: object,
): Promise<{ readonly status: number; readonly body: Body }> {
  const response = await fetch(`${endpoints.api}/instance/v1/zones/fr-par-1${path}`, {
    method,
    headers: { 'X-Auth-Token': endpoints.secretKey },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Body };
}

async function state(): Promise<string> {
  const answer = await call('GET', `/servers/${serverId}`);
  return answer.status === 404 ? 'gone' : answer.body.server.state;
}

async function acted(action: string, end: string): Promise<void> {
  expect((await call('POST', `/servers/${serverId}/action`, { action })).status).toBe(202);
  await expect.poll(state, { timeout: 20_000, interval: 50 }).toBe(end);
}

async function qemus(): Promise<readonly number[]> {
  const all = await leftProcesses(cloudFolder(env).root);
  return all.filter(({ program }) => program.startsWith('qemu')).map(({ pid }) => pid);
}

it('every power action is real', async () => {
  const ip = (await call('POST', '/ips', {})).body.ip;
  const created = await call('POST', '/servers', {
    name: 'real',
    commercial_type: 'START1-XS',
    image: 'ubuntu_jammy',
    boot_type: 'bootscript',
    public_ips: [ip.id],
    volumes: { 0: { volume_type: 'l_ssd', size: 1_000_000_000 } },
  });
  serverId = created.body.server.id;
  expect(await qemus()).toEqual([]);
  await acted('poweron', 'running');
  const [first] = await qemus();
  expect(await listens(ip.address, 22 + endpoints.portOffset)).toBe(true);
  await acted('reboot', 'running');
  const [second] = await qemus();
  expect(second).not.toBe(first);
  await acted('stop_in_place', 'stopped in place');
  expect(await qemus()).toEqual([]);
  await acted('poweron', 'running');
  await acted('poweroff', 'stopped');
  expect(await qemus()).toEqual([]);
});

it('a machine that crashes is shown stopped', async () => {
  await acted('poweron', 'running');
  const [pid] = await qemus();
  process.kill(pid ?? 0, 'SIGKILL');
  await expect.poll(state, { timeout: 10_000 }).toBe('stopped');
});

it('a daemon that is killed is started again and finds its machines', async () => {
  await acted('poweron', 'running');
  const before = await qemus();
  process.kill(endpoints.pid, 'SIGKILL');
  const serving = async (): Promise<EndpointsFile | undefined> =>
    await readEndpoints(cloudFolder(env).endpoints);
  await expect
    .poll(async () => (await serving())?.pid ?? endpoints.pid, { timeout: 30_000 })
    .not.toBe(endpoints.pid);
  const again = (await serving()) ?? endpoints;
  expect({ ...again, pid: 0 }).toEqual({ ...endpoints, pid: 0 });
  endpoints = again;
  expect(await state()).toBe('running');
  expect(await qemus()).toEqual(before);
  expect((await cloudStatus(env)).watch).toMatchObject({ restarts: 1, lastEnd: 'was ended by SIGKILL' });
});

it('a stop after the daemon was killed leaves no process, and the next start shows the server stopped', async () => {
  const { watch } = await cloudStatus(env);
  for (const pid of [endpoints.pid, watch?.pid ?? 0]) process.kill(pid, 'SIGKILL');
  await expect.poll(async () => (await cloudStatus(env)).running, { timeout: 10_000 }).toBe(false);
  const { wasRunning, ended } = await stopDaemon(Deadline.after(60), env);
  expect(wasRunning).toBe(false);
  expect(ended.map(({ program }) => program).sort()).toEqual(['qemu-system-x86_64', 'versitygw']);
  expect(await leftProcesses(cloudFolder(env).root)).toEqual([]);
  endpoints = await startDaemon(options, Deadline.after(60), env);
  expect(await state()).toBe('stopped');
});

it('leaves no file and no process of a terminated server', async () => {
  await acted('poweron', 'running');
  await acted('terminate', 'gone');
  for (const ip of (await call('GET', '/ips')).body.ips) await call('DELETE', `/ips/${ip.id}`);
  expect(await qemus()).toEqual([]);
  expect(await readdir(cloudFolder(env).disks)).toEqual([]);
  expect(await readdir(cloudFolder(env).machines)).toEqual([]);
  expect(await stopDaemon(Deadline.after(60), env)).toEqual({ wasRunning: true, ended: [] });
  expect(await leftProcesses(cloudFolder(env).root)).toEqual([]);
});

async function listens(host: string, port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2000 });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
