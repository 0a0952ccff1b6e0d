import { cp, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EndpointsFile } from '../../../contracts/endpoints-file.ts';
import { checkout } from '../../../scripts/setup/folders.ts';
import { parseChanges, type PulumiResult } from '../harness/pulumi-result.ts';
import { openWorkplace, type Workplace } from '../harness/workplace.ts';

// The stand-in in the hands of the real CLI, against the embedded cloud with simulated machines. The tests build on
// each other: they are one life of a stack.
let place: Workplace;
let cloud: EndpointsFile;
let program: string;

beforeAll(async () => {
  place = await openWorkplace();
  cloud = await place.startCloud({ machines: 'simulated', storage: false });
  program = join(place.folder, 'program');
  await cp(join(import.meta.dirname, 'program'), program, { recursive: true });
  await symlink(join(checkout, 'node_modules'), join(program, 'node_modules'));
  await writeFile(join(program, 'package.json'), '{ "type": "module" }');
  const yaml = 'name: test\nruntime: { name: nodejs, options: { typescript: false } }\nmain: index.ts\n';
  await writeFile(join(program, 'Pulumi.yaml'), yaml);
  await pulumi(['stack', 'init', 'life']);
});

afterAll(async () => {
  await place.close();
});

async function pulumi(args: readonly string[]): Promise<PulumiResult> {
  const { exitCode, all } = await execa('pulumi', [...args, '--non-interactive'], {
    cwd: program,
    env: { ...place.env },
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    all: true,
    timeout: 120_000,
  });
  return { status: exitCode, output: all, changes: parseChanges(all) };
}

const run = (command: string, ...args: string[]): Promise<PulumiResult> =>
  pulumi([command, '--yes', '--skip-preview', '--stack', 'life', ...args]);

async function output(name: string): Promise<string> {
  return (await pulumi(['stack', 'output', name, '--stack', 'life'])).output.trim();
}

async function api(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> {
  const response = await fetch(cloud.api + path, {
    method,
    headers: { 'X-Auth-Token': cloud.secretKey, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
}

const bare = (id: string): string => id.slice(id.lastIndexOf('/') + 1);

test('creates, and then has nothing to do', async () => {
  expect((await pulumi(['preview', '--stack', 'life'])).changes).toEqual({ create: 8 });
  const up = await run('up');
  expect(up.output).not.toContain('error');
  expect(up.changes).toEqual({ create: 8 });
  expect(await output('readyState')).toBe('started');
  expect(await output('blankState')).toBe('stopped');
  expect(await output('blankId')).toMatch(/^fr-par-1\/[0-9a-f-]{36}$/);
  expect((await run('up')).changes).toEqual({ same: 8 });
  expect((await run('refresh')).changes).toEqual({ same: 8 });
});

test('changes in place', async () => {
  const set = ['-c', 'test:tag=second', '-c', 'test:size=20', '-c', 'test:state=standby'];
  const before = await output('blankId');
  expect((await run('up', ...set)).changes).toEqual({ update: 6, same: 2 });
  expect(await output('blankId')).toBe(before);
  expect(await output('readyState')).toBe('standby');
});

test('finds what was changed outside, and leaves alone what it is told to ignore', async () => {
  const id = bare(await output('blankId'));
  const server = `/instance/v1/zones/fr-par-1/servers/${id}`;
  expect((await api('PATCH', server, { tags: ['by hand'] })).status).toBe(200);
  expect((await api('POST', `${server}/action`, { action: 'poweron' })).status).toBe(202);
  expect((await run('refresh')).changes).toEqual({ update: 1, same: 7 });
  const up = await run('up');
  expect(up.output).toContain('[diff: ~tags]');
  expect(up.changes).toEqual({ update: 1, same: 7 });
  const after = (await api('GET', server)).body as { server: { state: string; tags: string[] } };
  expect(after.server.tags).toEqual(['second']);
  expect(after.server.state).not.toBe('stopped');
});

test('makes again what is gone', async () => {
  const id = bare(await output('ipId'));
  expect((await api('DELETE', `/instance/v1/zones/fr-par-1/ips/${id}`)).status).toBe(204);
  expect((await run('refresh')).changes['delete']).toBe(1);
  const up = await run('up');
  expect(up.status).toBe(0);
  expect(up.changes['create']).toBe(1);
  expect(bare(await output('ipId'))).not.toBe(id);
});

test('imports', async () => {
  const made = await api('POST', '/instance/v1/zones/fr-par-1/ips', {
    project: cloud.projectId,
    tags: ['found'],
  });
  const { ip } = made.body as { ip: { id: string } };
  const urn = 'urn:pulumi:life::test::pulumi:providers:scaleway::cloud';
  const args = ['scaleway:instance/ip:Ip', 'found', `fr-par-1/${ip.id}`, '--provider', `cloud=${urn}`];
  const imported = await pulumi([
    'import',
    ...args,
    '--yes',
    '--skip-preview',
    '--protect=false',
    '--stack',
    'life',
  ]);
  expect(imported.changes['import']).toBe(1);
  expect(imported.output).toContain('found');
  // It is in the state now and not in the program: the next update removes it.
  expect((await run('up')).changes).toEqual({ delete: 1, same: 8 });
});

// One wrong resource a run: the engine ends at the first error, and which of two comes first is a race.
test.each([
  [
    'arguments, field by field',
    'wrong',
    ['inboundRules[0].action', 'expected one of accept, drop, got "alow"'],
  ],
  [
    'arguments that it does not have',
    'unable',
    ['placementGroupId', 'the embedded cloud does not have this'],
  ],
  ['types that it does not have', 'unknown', ['BF1910']],
])('refuses %s, before anything is made', async (_, option, texts) => {
  const set = ['-c', `test:${option}=true`];
  const { status, output: text } = await pulumi(['preview', '--stack', 'life', ...set]);
  await pulumi(['config', 'rm', `test:${option}`, '--stack', 'life']);
  expect(status).not.toBe(0);
  for (const part of texts) expect(text).toContain(part);
});

test.each([
  ['https://api.scaleway.com', 'preview'],
  ['http://127.0.0.1:9', 'refresh'],
])('refuses %s', async (address, command) => {
  const args = command === 'preview' ? ['preview'] : ['refresh', '--run-program', '--yes', '--skip-preview'];
  const { status, output: text } = await pulumi([...args, '--stack', 'life', '-c', `test:api=${address}`]);
  await pulumi(['config', 'rm', 'test:api', '--stack', 'life']);
  expect(status).not.toBe(0);
  expect(text).toContain('BF1911');
  expect(text).toContain(address);
});

test('a wrong token is refused by the cloud, and no key is ever shown', async () => {
  const token = '11111111-1111-4111-8111-111111111111';
  const { status, output: text } = await run('up', '-c', `test:token=${token}`, '-c', 'test:tag=third');
  await pulumi(['config', 'rm', 'test:token', '--stack', 'life']);
  expect(status).not.toBe(0);
  expect(text).toContain('BF1404');
  expect(text).not.toContain(token);
  expect((await pulumi(['stack', 'export', '--stack', 'life'])).output).not.toContain(cloud.secretKey);
  expect((await run('up')).status).toBe(0);
});

test('a cloud that fails now and then is asked again', async () => {
  const faults = [
    { path: '*/servers/*', method: 'PATCH', times: 2, status: 503 },
    { path: '*/ips/*', method: 'PATCH', times: 1, status: 429, retry_after: 1 },
  ];
  for (const fault of faults) expect((await api('POST', '/bootfleet/v1/faults', fault)).status).toBe(201);
  const started = Date.now();
  expect((await run('up', '-c', 'test:tag=fourth')).status).toBe(0);
  expect(Date.now() - started).toBeGreaterThan(1000);
});

test('destroys everything', async () => {
  expect((await run('destroy')).changes).toEqual({ delete: 8 });
  const left = async (path: string, key: string): Promise<unknown[]> =>
    ((await api('GET', path)).body as Record<string, unknown[]>)[key] ?? [];
  expect(await left('/instance/v1/zones/fr-par-1/servers', 'servers')).toEqual([]);
  expect(await left('/instance/v1/zones/fr-par-1/ips', 'ips')).toEqual([]);
  expect(await left('/instance/v1/zones/fr-par-1/volumes', 'volumes')).toEqual([]);
  expect(await left('/block/v1/zones/fr-par-1/volumes', 'volumes')).toEqual([]);
  // The project's default group, which cannot be deleted.
  expect(await left('/instance/v1/zones/fr-par-1/security_groups', 'security_groups')).toHaveLength(1);
});
