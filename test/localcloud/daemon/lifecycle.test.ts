import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { resolveEndpoints } from '../../../clouds/scaleway/endpoints.ts';
import { endpointsFile } from '../../../contracts/endpoints-file.ts';
import { readEndpoints } from '../../../localcloud/daemon/endpoints.ts';
import { cloudFolder } from '../../../localcloud/daemon/folder.ts';
import { parseLog } from '../../../localcloud/daemon/log.ts';
import { resetCloud } from '../../../localcloud/daemon/reset.ts';
import { startDaemon } from '../../../localcloud/daemon/start.ts';
import { cloudStatus, type CloudStatus } from '../../../localcloud/daemon/status.ts';
import { stopDaemon } from '../../../localcloud/daemon/stop.ts';
import { identityOf } from '../../../localcloud/machines/process-identity.ts';
import { Deadline } from '../../../waiting/deadline.ts';

// Real processes: a few hundred milliseconds each.
const options = { port: undefined, machines: 'simulated', storage: false } as const;
let home = '';
let env: Record<string, string | undefined> = {};
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'lifecycle-'));
  env = { ...process.env, BOOTFLEET_HOME: home, BOOTFLEET_CACHE: join(home, 'cache') };
});
afterEach(async () => {
  await stopDaemon(Deadline.after(20), env);
  await rm(home, { recursive: true, force: true });
});

it('starts, serves, stops, and keeps its port and keys', { timeout: 30_000 }, async () => {
  const first = await startDaemon(options, Deadline.after(20), env);
  expect((await stat(endpointsFile(env))).mode & 0o777).toBe(0o600);
  const found = await resolveEndpoints({ kind: 'scaleway', zone: 'fr-par-1', endpoint: 'local' }, env);
  expect(found).toMatchObject({ api: first.api, secretKey: first.secretKey });
  const status = await cloudStatus(env);
  expect(status).toMatchObject({
    running: true,
    api: first.api,
    daemon: { pid: first.pid },
    watch: { restarts: 0, lastEnd: null },
  });
  expect(await stopDaemon(Deadline.after(20), env)).toEqual({ wasRunning: true, ended: [] });
  await ended(status.watch?.pid);
  expect(existsSync(endpointsFile(env))).toBe(false);
  await ended(first.pid);
  expect(await cloudStatus(env)).toMatchObject({ running: false });
  const second = await startDaemon(options, Deadline.after(20), env);
  expect({ ...second, pid: 0 }).toEqual({ ...first, pid: 0 });
});

it('is one at a time, and is started again after it was killed', { timeout: 30_000 }, async () => {
  const first = await startDaemon(options, Deadline.after(20), env);
  await expect(startDaemon(options, Deadline.after(20), env)).rejects.toThrow(`BF1800`);
  process.kill(first.pid, 'SIGKILL');
  const again = await expectAnother(first.pid);
  expect(again).toMatchObject({ api: first.api, watch: { restarts: 1, lastEnd: 'was ended by SIGKILL' } });
  expect((await readEndpoints(endpointsFile(env)))?.secretKey).toBe(first.secretKey);
  process.kill(again.daemon?.pid ?? 0, 'SIGABRT');
  const third = await expectAnother(again.daemon?.pid);
  expect(third.watch).toMatchObject({ restarts: 2 });
  expect(await logged()).toContain('the daemon was ended by SIGKILL; starting it again in 0.1 s');
  expect(await stopDaemon(Deadline.after(20), env)).toMatchObject({ wasRunning: true });
  await ended(third.watch?.pid);
  await ended(third.daemon?.pid);
});

it('is given up when it ends again and again', { timeout: 30_000 }, async () => {
  await startDaemon(options, Deadline.after(20), env);
  // Nothing can be read of this, so that each new start fails.
  await writeFile(cloudFolder(env).settings, '{');
  const { daemon, watch } = await cloudStatus(env);
  process.kill(daemon?.pid ?? 0, 'SIGKILL');
  await expect.poll(async () => (await cloudStatus(env)).watch, { timeout: 25_000 }).toBeUndefined();
  expect(await logged()).toContain('6 times: not started again');
  await ended(watch?.pid);
  expect(await cloudStatus(env)).toMatchObject({ running: false });
});

it('a stop while it is being started again ends both', { timeout: 30_000 }, async () => {
  await startDaemon(options, Deadline.after(20), env);
  const { daemon, watch } = await cloudStatus(env);
  process.kill(daemon?.pid ?? 0, 'SIGKILL');
  expect(await stopDaemon(Deadline.after(20), env)).toMatchObject({ wasRunning: true });
  await ended(watch?.pid);
  expect(await cloudStatus(env)).toMatchObject({ running: false });
});

it('lives on when its watcher is killed, and is stopped as ever', { timeout: 30_000 }, async () => {
  const first = await startDaemon(options, Deadline.after(20), env);
  process.kill((await cloudStatus(env)).watch?.pid ?? 0, 'SIGKILL');
  await expect.poll(async () => (await cloudStatus(env)).watch).toBeUndefined();
  expect(await cloudStatus(env)).toMatchObject({ running: true, daemon: { pid: first.pid } });
  expect(await stopDaemon(Deadline.after(20), env)).toEqual({ wasRunning: true, ended: [] });
  await ended(first.pid);
});

/** A process that nobody has waited for yet is no living one. */
async function ended(pid: number | undefined): Promise<void> {
  expect(pid).toBeGreaterThan(1);
  await expect.poll(async () => await identityOf(pid ?? 1), { timeout: 5_000 }).toBeUndefined();
}

/** Waits until another process serves than this one. */
async function expectAnother(pid: number | undefined): Promise<CloudStatus> {
  const look = async (): Promise<CloudStatus> => await cloudStatus(env).catch(() => ({}) as CloudStatus);
  await expect.poll(async () => (await look()).daemon?.pid ?? pid, { timeout: 15_000 }).not.toBe(pid);
  return await look();
}

async function logged(): Promise<string> {
  return parseLog(await readFile(cloudFolder(env).log, 'utf8'))
    .map(({ message }) => message)
    .join('\n');
}

it('goes on when its log and its output are on a full disk', { timeout: 30_000 }, async () => {
  const folder = cloudFolder(env);
  await mkdir(folder.root, { recursive: true });
  for (const file of [folder.log, folder.output]) await symlink('/dev/full', file);
  const { pid } = await startDaemon(options, Deadline.after(20), env);
  expect(await cloudStatus(env)).toMatchObject({ running: true, daemon: { pid } });
});

it('ends with the process that started it, when it is tied to that', { timeout: 30_000 }, async () => {
  const script = join(import.meta.dirname, 'owner-process.ts');
  const owner = spawn(process.execPath, [script], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  await once(owner.stdout, 'data');
  expect((await cloudStatus(env)).running).toBe(true);
  owner.kill('SIGKILL');
  await expect.poll(() => existsSync(endpointsFile(env)), { timeout: 10_000 }).toBe(false);
  await expect.poll(async () => (await cloudStatus(env)).running, { timeout: 10_000 }).toBe(false);
});

it('names a port that is taken', { timeout: 30_000 }, async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  try {
    await expect(startDaemon({ ...options, port }, Deadline.after(20), env)).rejects.toThrow(
      new RegExp(`BF1801: 127.0.0.1:${port}`),
    );
  } finally {
    await new Promise((resolve) => other.close(resolve));
  }
  expect(await cloudStatus(env)).toMatchObject({ running: false });
});

it('refuses settings that it cannot read, and reset takes them away', { timeout: 30_000 }, async () => {
  await startDaemon(options, Deadline.after(20), env);
  await stopDaemon(Deadline.after(20), env);
  await writeFile(cloudFolder(env).settings, '{');
  await expect(startDaemon(options, Deadline.after(20), env)).rejects.toThrow('BF1805');
  await resetCloud(Deadline.after(20), env);
  expect(existsSync(cloudFolder(env).root)).toBe(false);
  await startDaemon(options, Deadline.after(20), env);
});

it('shows log lines that were cut short as they are', () => {
  expect(parseLog('{"at":"t","message":"m"}\n{"at":')).toEqual([
    { at: 't', message: 'm' },
    { at: '', message: '{"at":' },
  ]);
});
