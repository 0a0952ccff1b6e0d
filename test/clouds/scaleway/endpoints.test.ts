import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { regionOf, resolveEndpoints } from '../../../clouds/scaleway/endpoints.ts';
import { endpointsFile } from '../../../contracts/endpoints-file.ts';

const local = { kind: 'scaleway', zone: 'fr-par-1', endpoint: 'local' } as const;
const content = {
  version: 1,
  pid: process.pid,
  api: 'http://127.0.0.1:40001',
  console: 'ws://127.0.0.1:40001',
  s3: {
    endpoint: 'http://127.0.0.1:40002',
    endpointFromServers: 'http://169.254.42.2:40002',
    region: 'fr-par',
  },
  accessKey: 'SCWXXXXXXXXXXXXXXXXX',
  secretKey: 'the-secret',
  projectId: 'p',
  organizationId: 'p',
  zone: 'fr-par-1',
  region: 'fr-par',
  portOffset: 20000,
};
let env: Record<string, string>;
beforeEach(async () => {
  env = { BOOTFLEET_HOME: await mkdtemp(join(tmpdir(), 'bootfleet-endpoints-')) };
  await mkdir(join(env['BOOTFLEET_HOME'] ?? '', 'localcloud'));
});
afterEach(async () => {
  await rm(env['BOOTFLEET_HOME'] ?? '', { recursive: true });
});

test('the embedded cloud is found by its endpoints file', async () => {
  await writeFile(endpointsFile(env), JSON.stringify(content), { mode: 0o600 });
  const { version: _v, pid: _p, organizationId: _o, ...expected } = content;
  expect(await resolveEndpoints(local, env)).toEqual({ ...expected, local: true });
});

const bad: [string, string, string | object, number][] = [
  ['BF1401', 'mode 0644', content, 0o644],
  ['BF1400', 'which is gone', { ...content, pid: 2 ** 22 + 1 }, 0o600],
  ['BF1401', 'not JSON', '{', 0o600],
  ['BF1401', 'not an object', 'null', 0o600],
  ['BF1401', 'version 2', { ...content, version: 2 }, 0o600],
  [
    'BF1401',
    'without secretKey, pid, s3.region',
    { ...content, secretKey: 1, pid: 'x', s3: { endpoint: 'a', endpointFromServers: 'b' } },
    0o600,
  ],
];
test.each(bad)('%s %s', async (code, text, value, mode) => {
  await writeFile(endpointsFile(env), typeof value === 'string' ? value : JSON.stringify(value), { mode });
  const failed = await resolveEndpoints(local, env).catch((error: unknown) => error as Error);
  expect(failed).toMatchObject({ code });
  expect((failed as Error).message).toContain(text);
  expect((failed as Error).message).not.toContain('the-secret');
});

test('a cloud that was never started is said to be so', async () => {
  await expect(resolveEndpoints(local, env)).rejects.toMatchObject({ code: 'BF1400' });
});

const keys = { SCW_ACCESS_KEY: 'SCWA', SCW_SECRET_KEY: 'secret', SCW_DEFAULT_PROJECT_ID: 'p' };

test('the real cloud and another endpoint', async () => {
  expect(await resolveEndpoints({ kind: 'scaleway', zone: 'nl-ams-2' }, keys)).toMatchObject({
    local: false,
    api: 'https://api.scaleway.com',
    console: 'wss://tty.nl-ams-2.scaleway.com',
    s3: { endpoint: 'https://s3.nl-ams.scw.cloud', region: 'nl-ams' },
    portOffset: 0,
  });
  expect(await resolveEndpoints({ ...local, endpoint: 'http://127.0.0.1:9/base/' }, keys)).toMatchObject({
    api: 'http://127.0.0.1:9/base',
    console: 'ws://127.0.0.1:9/base',
  });
  expect(regionOf('fr-par-1')).toBe('fr-par');
});

test('missing credentials are named; endpoints that would leak the key are refused', async () => {
  const unset = resolveEndpoints({ kind: 'scaleway', zone: 'fr-par-1' }, { SCW_ACCESS_KEY: 'SCWA' });
  await expect(unset).rejects.toThrow('SCW_SECRET_KEY, SCW_DEFAULT_PROJECT_ID not set');
  for (const endpoint of ['ftp://x', 'nonsense', 'http://api.example.org', 'https://u:p@example.org']) {
    await expect(resolveEndpoints({ ...local, endpoint }, keys)).rejects.toMatchObject({ code: 'BF1411' });
  }
});
