import { mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { recordedSession } from '../../console/recorded-session.ts';
import { Deadline } from '../../waiting/deadline.ts';
import { ScriptedLine } from './scripted-line.ts';

let data: string;

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'bootfleet-recorded-'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(data, { recursive: true });
});

const options = { stack: 'local', machine: 'edge-1', what: 'boot', log: () => undefined, quiet: 0.01 };

test('a dialogue whose transcript cannot be made goes on without it; that is told once', async () => {
  const inTheWay = join(data, 'file');
  await writeFile(inTheWay, '');
  vi.stubEnv('BOOTFLEET_DATA', inTheWay);
  const line = new ScriptedLine();
  const told: string[] = [];
  const files: (string | undefined)[] = [];
  const session = await recordedSession({
    ...options,
    transport: line,
    log: (text) => told.push(text),
    onTranscript: (file) => files.push(file),
  });
  line.say('login: ');
  const seen = await session.expect([{ name: 'login', match: 'login: ' }], {
    deadline: Deadline.after(10),
    doing: 'waiting for its login',
  });
  expect(seen.name).toBe('login');
  session.step('seen');
  await session.close();
  expect(told.filter((text) => text.includes('transcript'))).toEqual([
    expect.stringMatching(/^it has no transcript: ENOTDIR/),
  ]);
  expect(files).toEqual([undefined]);
});

test('a line that ends before the dialogue begins leaves no open transcript', async () => {
  vi.stubEnv('BOOTFLEET_DATA', data);
  const line = new ScriptedLine();
  let file: string | undefined;
  const begun = recordedSession({
    ...options,
    quiet: 1,
    transport: line,
    onTranscript: (one) => {
      file = one;
    },
  });
  line.drop('connection lost');
  await expect(begun).rejects.toThrow(/BF1304/);
  const descriptors = await readdir('/proc/self/fd');
  const open = await Promise.all(descriptors.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  expect(file).toBeDefined();
  expect(open).not.toContain(file);
});
