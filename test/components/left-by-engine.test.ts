import { spawn, type ChildProcess } from 'node:child_process';
import { copyFile, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { endLeftProcesses, isLeft, leftProcesses } from '../../components/left-by-engine.ts';

const engine = '127.0.0.1:42749';
const host = '/cache/pulumi-language-nodejs';
const shell = ['/bin/sh', '/cache/pulumi-resource-pulumi-nodejs'];
const provider = ['node', '/project/node_modules/@pulumi/pulumi/cmd/dynamic-provider/index.js'];

test.each([
  ['the host of the engine that is gone', [host, engine], ['systemd'], true],
  ['with options', [host, '--tracing', 'x', engine, ''], [], true],
  ['its provider', [...provider, engine, ''], ['pulumi-resource', 'systemd'], true],
  ['its provider of Scaleway', ['/plugins/pulumi-resource-scaleway', engine], ['systemd'], true],
  ['that one as a script', ['/bin/sh', '/plugins/pulumi-resource-scaleway', engine], ['systemd'], true],
  ['that one of an engine that lives', ['/plugins/pulumi-resource-scaleway', engine], ['pulumi'], false],
  ['that one of another engine', ['/plugins/pulumi-resource-scaleway', '127.0.0.1:4274'], [], false],
  ['any other provider', ['/plugins/pulumi-resource-random', engine, '--x'], ['systemd'], true],
  ['the shell that starts its provider', [...shell, engine, ''], ['systemd'], true],
  [
    'a host that was not orphaned, of a new engine at the same address',
    [host, engine],
    ['pulumi', 'bash'],
    false,
  ],
  ['a provider of such an engine', [...provider, engine], ['pulumi-resource', 'pulumi', 'bash'], false],
  ['one of an engine under a name of its own', [...provider, engine], ['sh', 'pulumi-3.259.0'], false],
  ['the host of another engine', [host, '127.0.0.1:4274'], ['systemd'], false],
  ['the provider of another engine', [...provider, '127.0.0.1:4274'], ['systemd'], false],
  ['another program of Node', ['node', '/project/index.js', engine], ['systemd'], false],
  ['something that only speaks of it', ['vi', host, engine], ['bash'], false],
  ['nothing', [], [], false],
])('%s', (_, argv, ancestors, left) => {
  expect(isLeft({ argv, ancestors, folder: '/project', backend: '' }, { engine })).toBe(left);
});

test("a project's: those in its folder with its backend, whatever the engine was", () => {
  const seen = {
    argv: [...provider, engine],
    ancestors: ['systemd'],
    folder: '/project',
    backend: 'file:///s',
  };
  const project = { folder: '/project', backend: 'file:///s' };
  expect(isLeft(seen, project)).toBe(true);
  expect(isLeft(seen, { ...project, folder: '/project/stacks' })).toBe(false);
  expect(isLeft(seen, { ...project, backend: '' })).toBe(false);
  expect(isLeft({ ...seen, ancestors: ['sh', 'pulumi'] }, project)).toBe(false);
});

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

test.each(['pulumi-language-nodejs', 'pulumi-resource-scaleway'])('ends a %s, and no other', async (name) => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'bootfleet-host-')));
  try {
    // A shell under the host's name: it waits, and takes the address as an argument that it does not look at.
    const program = join(folder, name);
    await copyFile('/bin/sh', program);
    const port = String(process.pid);
    const backend = 'file:///state';
    const run = async (address: string): Promise<ChildProcess & { pid: number }> => {
      const child = spawn(program, ['-c', 'echo up; read line', 'sh', address], {
        stdio: ['pipe', 'pipe', 'ignore'],
        cwd: folder,
        env: { ...process.env, PULUMI_BACKEND_URL: backend },
      });
      started.push(child);
      await once(child.stdout, 'data');
      return child as typeof child & { pid: number };
    };
    const [gone, other] = [await run(`127.0.0.1:${port}`), await run('127.0.0.1:1')];
    expect(leftProcesses({ folder, backend })).toEqual([gone.pid, other.pid]);
    const ended = once(gone, 'exit');
    expect(endLeftProcesses({ engine: `127.0.0.1:${port}` })).toEqual([gone.pid]);
    expect((await ended)[1]).toBe('SIGKILL');
    expect(leftProcesses({ folder, backend })).toEqual([other.pid]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
