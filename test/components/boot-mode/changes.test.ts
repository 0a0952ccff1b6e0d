import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BootInputs, BootState } from '../../../components/boot-mode/args.ts';
import { changesOf } from '../../../components/boot-mode/changes.ts';
import { failuresOf } from '../../../components/boot-mode/check.ts';
import { installId, noteText, parseNote } from '../../../components/boot-mode/note.ts';
import { progressText } from '../../../components/boot-mode/progress-text.ts';
import { unknownValue } from '../../../components/unknown.ts';

let folder: string;
let inputs: BootInputs;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bootfleet-boot-'));
  const keyFile = join(folder, 'key');
  await writeFile(keyFile, ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 }).private, { mode: 0o600 });
  inputs = {
    cloud: { kind: 'scaleway', zone: 'fr-par-1', endpoint: 'local' },
    server: 'abc',
    machine: 'edge-1',
    mode: 'ipxe-console',
    scriptUrl: 'http://169.254.42.2:1/b/boot/0123456789abcdef.ipxe',
    image: { name: 'edge', sha256: 'aa', bytes: 1000, build: '1' },
    diskBytes: 2000,
    ssh: { user: 'root', keyFile },
    resourceUrn: 'urn',
  };
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const state = (more: Partial<BootState> = {}): BootState => ({
  ...inputs,
  address: '127.66.0.2',
  sshPort: 22,
  hostKey: 'ssh-ed25519 AAAA',
  hostKeySource: 'console',
  build: '1',
  slot: 'd',
  nextSlot: 'd',
  power: 'running',
  state: 'booted',
  reachable: true,
  install: 'edge',
  installedAt: 't',
  transcript: '',
  ...more,
});

test('a new image, script or URN changes nothing', () => {
  const news: BootInputs = {
    ...inputs,
    image: { name: 'edge', sha256: 'bb', bytes: 1500, build: '2' },
    scriptUrl: 'http://other',
    blankDiskScriptUrl: 'http://other',
    resourceUrn: 'other',
  };
  expect(changesOf(state(), news)).toMatchObject({
    changes: false,
    replaces: [],
    reasons: [],
    losesData: false,
  });
});

test('a new `reinstall` and another image name say that data will be lost', () => {
  for (const news of [
    { ...inputs, reinstall: '1' },
    { ...inputs, image: { ...inputs.image, name: 'core' } },
  ]) {
    const found = changesOf(state(), news);
    expect(found).toMatchObject({ changes: true, replaces: [], losesData: true });
    expect(found.reasons.join()).toContain('ALL DATA on edge-1 WILL BE LOST');
  }
});

test('a machine found off or silent by a refresh is corrected without losing data', () => {
  const off = changesOf(state({ power: 'off', reachable: false }), inputs);
  expect(off).toMatchObject({ changes: true, replaces: [], losesData: false });
  expect(off.reasons).toEqual(['it is off: it will be powered on, its disk is not written']);
  expect(changesOf(state({ reachable: false }), inputs)).toMatchObject({ changes: true, losesData: false });
});

test('another server or cloud replaces; other arguments are taken over in place', () => {
  expect(changesOf(state(), { ...inputs, server: 'def' })).toMatchObject({
    replaces: ['server'],
    losesData: false,
  });
  const moved = { ...inputs, cloud: { kind: 'scaleway', zone: 'nl-ams-1' } as const };
  expect(changesOf(state(), moved).replaces).toEqual(['cloud']);
  const other = { ...inputs, ssh: { ...inputs.ssh, port: 2222 }, waits: { boot: 600 } };
  expect(changesOf(state(), other)).toMatchObject({
    changes: true,
    replaces: [],
    reasons: ['ssh changed', 'waits changed'],
  });
});

test('good arguments pass, and unknown ones are left for later', async () => {
  expect(await failuresOf(inputs)).toEqual([]);
  const unknown = unknownValue as never;
  const early = { ...inputs, server: unknown, scriptUrl: unknown, image: unknown, diskBytes: unknown };
  expect(await failuresOf(early)).toEqual([]);
});

test.each([
  ['mode', 'BF1200', { mode: 'rescue' }],
  ['diskBytes', 'BF1201', { diskBytes: 999 }],
  ['scriptUrl', 'BF1202', { scriptUrl: 'ftp://x' }],
  ['scriptUrl', 'BF1202', { scriptUrl: 'http://x/${uuid}' }],
  ['scriptUrl', 'BF1202', { scriptUrl: 'http://x/a\nshell' }],
  ['waits', 'BF1202', { waits: { boot: 0 } }],
  ['ssh', 'BF1603', { ssh: { user: 'root', keyFile: '/nonexistent' } }],
] as const)('%s is refused with %s', async (property, code, wrong) => {
  const failures = await failuresOf({ ...inputs, ...wrong });
  expect(failures).toHaveLength(1);
  expect(failures[0]).toMatchObject({ property, reason: expect.stringContaining(code) as string });
});

test('a key that others may read is refused at preview', async () => {
  await chmod(inputs.ssh.keyFile, 0o644);
  expect((await failuresOf(inputs))[0]?.reason).toContain('BF1603');
  await chmod(inputs.ssh.keyFile, 0o600);
});

test('notes: round trip, none, and one that is not understood is an error, never a reason to write', () => {
  const note = {
    install: 'edge',
    phase: 'booted',
    image: 'aa',
    at: 't',
    hostKey: 'ssh-ed25519 A',
    hostKeySource: 'console',
  } as const;
  expect(parseNote(noteText(note), 'edge-1')).toEqual(note);
  expect(parseNote(undefined, 'edge-1')).toBeUndefined();
  for (const bad of ['{', '{}', '{"install":"edge","phase":"new"}', '{"phase":"booted"}', 'null', '[]']) {
    expect(() => parseNote(bad, 'edge-1')).toThrow('BF1203');
  }
  expect([installId('edge', undefined), installId('edge', ''), installId('edge', '2')]).toEqual([
    'edge',
    'edge',
    'edge#2',
  ]);
});

test('progress is one short line', () => {
  expect(progressText({ phase: 'write', done: 65e6, total: 160e6 })).toBe(
    'writing the disk: 40 % (65 of 160 MB)',
  );
  expect(progressText({ phase: 'verify', done: 1, total: 0 })).toBe('reading the disk back: 0 % (0 of 0 MB)');
});
