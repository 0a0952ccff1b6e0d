import { describe, expect, test } from 'vitest';
import type { NetworkBootInputs, NetworkBootState } from '../../../components/network-boot/args.ts';
import { changesOf } from '../../../components/network-boot/changes.ts';
import { failuresOf } from '../../../components/network-boot/check.ts';
import { bootId } from '../../../components/network-boot/note.ts';
import { unknownValue } from '../../../components/unknown.ts';

const inputs: NetworkBootInputs = {
  cloud: { kind: 'scaleway', zone: 'fr-par-1' },
  server: 'abc',
  machine: 'live-1',
  mode: 'ipxe-console',
  scriptUrl: 'http://storage/b/boot/0123456789abcdef.ipxe',
  proof: { kind: 'console', pattern: 'login: ' },
  within: 300,
  resourceUrn: 'urn:pulumi:local::bootfleet::pulumi-nodejs:dynamic/bootfleet:NetworkBoot::live-1',
};
const state: NetworkBootState = {
  ...inputs,
  address: '127.66.0.1',
  sshPort: 22,
  hostKey: '',
  hostKeySource: 'first-contact',
  power: 'running',
  state: 'booted',
  proven: true,
  boot: bootId(inputs.scriptUrl, undefined),
  bootedAt: 'then',
  transcript: '',
};

describe('what an update would do', () => {
  test('nothing, when nothing changed', () => {
    expect(changesOf(state, { ...inputs, restart: undefined })).toMatchObject({
      changes: false,
      reasons: [],
    });
  });

  test.each<[string, Partial<NetworkBootInputs>, Partial<NetworkBootState>, RegExp, boolean]>([
    ['another script', { scriptUrl: 'http://storage/other' }, {}, /booted again.*memory only is lost/, true],
    ['a script that is about to be published', { scriptUrl: unknownValue }, {}, /booted again/, true],
    ['restart', { restart: 'now' }, {}, /booted again/, true],
    ['found off', {}, { power: 'off' }, /it is off: it will be booted/, false],
    ['found not as it should be', {}, { proven: false }, /looked at/, false],
    ['another proof', { proof: { kind: 'metadata', state: 'booted' } }, {}, /^proof changed/, false],
    ['another deadline', { within: 5 }, {}, /^within changed/, false],
  ])('%s', (_name, news, olds, reason, boots) => {
    const changes = changesOf({ ...state, ...olds }, { ...inputs, ...news });
    expect(changes).toMatchObject({ changes: true, replaces: [], boots });
    expect(changes.reasons).toEqual([expect.stringMatching(reason)]);
  });

  test('another server or cloud is another resource', () => {
    expect(changesOf(state, { ...inputs, server: 'def' })).toMatchObject({
      replaces: ['server'],
      boots: false,
    });
    const cloud = { kind: 'scaleway', zone: 'nl-ams-1' } as const;
    expect(changesOf(state, { ...inputs, cloud })).toMatchObject({ replaces: ['cloud'] });
  });
});

describe('arguments', () => {
  test('that are good, or not known yet, pass', async () => {
    expect(await failuresOf(inputs)).toEqual([]);
    const unknown = { ...inputs, scriptUrl: unknownValue, proof: unknownValue as never };
    expect(await failuresOf(unknown)).toEqual([]);
  });

  test.each<[string, object]>([
    ['mode', { mode: 'rescue' }],
    ['scriptUrl', { scriptUrl: 'http://x/ y' }],
    ['within', { within: 0 }],
    ['proof', { proof: { kind: 'console', pattern: '(' } }],
    ['proof', { proof: { kind: 'ssh', command: [] }, ssh: { user: 'root', keyFile: 'nowhere' } }],
    ['ssh', { proof: { kind: 'ssh' } }],
    ['ssh', { ssh: { user: 'root', keyFile: 'nowhere' } }],
    ['waits', { waits: { boot: -1 } }],
  ])('a wrong %s is refused: %j', async (property, wrong) => {
    const failures = await failuresOf({ ...inputs, ...wrong });
    expect(failures[0]).toMatchObject({ property, reason: expect.stringMatching(/^BF\d{4}: /) as string });
  });
});
