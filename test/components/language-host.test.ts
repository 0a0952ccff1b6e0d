import { spawn, type ChildProcess } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { endOrphanedLanguageHost, isOrphanedHost } from '../../components/language-host.ts';

const engine = '127.0.0.1:42749';
const host = '/cache/pulumi-language-nodejs';

test.each([
  ['the host of the engine that is gone', [host, engine], 'systemd', true],
  ['with options', [host, '--tracing', 'x', engine, ''], '', true],
  ['a host that was not orphaned, of a new engine at the same address', [host, engine], 'pulumi', false],
  ['the host of another engine', [host, '127.0.0.1:4274'], 'systemd', false],
  ['a provider of the engine', ['node', 'dynamic-provider/index.js', engine], 'systemd', false],
  ['something that only speaks of it', ['vi', host, engine], 'bash', false],
  ['nothing', [], '', false],
])('%s', (_, argv, parentName, orphaned) => {
  expect(isOrphanedHost({ argv, parentName }, engine)).toBe(orphaned);
});

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

test('ends that process, and no other', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bootfleet-host-'));
  try {
    // A shell under the host's name: it waits, and takes the address as an argument that it does not look at.
    const program = join(folder, 'pulumi-language-nodejs');
    await copyFile('/bin/sh', program);
    const port = String(process.pid);
    const run = async (address: string): Promise<ChildProcess> => {
      const child = spawn(program, ['-c', 'echo up; read line', 'sh', address], {
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      started.push(child);
      await once(child.stdout, 'data');
      return child;
    };
    const [gone, other] = [await run(`127.0.0.1:${port}`), await run('127.0.0.1:1')];
    const ended = once(gone, 'exit');
    endOrphanedLanguageHost(`127.0.0.1:${port}`);
    expect((await ended)[1]).toBe('SIGTERM');
    expect(other.exitCode ?? other.signalCode).toBeNull();
  } finally {
    await rm(folder, { recursive: true });
  }
});
