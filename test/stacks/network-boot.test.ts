import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readFleetFile } from '../../stacks/load.ts';

/** Groups that boot from the network, as written in a fleet file. */
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'bootfleet-network-'));
  writeFileSync(path.join(folder, 'key'), '', { mode: 0o600 });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const good = `fleet: demo
cloud:
  scaleway: { zone: fr-par-1, endpoint: local }
servers:
  live:
    count: 2
    type: START1-XS
    boot:
      script: kernel
      url: http://boot.example.org/vmlinuz
      initrds: [http://boot.example.org/initrd]
      arguments: [console=ttyS0, quiet]
      proof: { console: { pattern: "login: " }, within: 5m }
      restart: 1
`;

function read(text: string): ReturnType<typeof readFleetFile> {
  const file = path.join(folder, 'test.fleet.yaml');
  writeFileSync(file, text);
  return readFleetFile(file, 'test');
}

function problemsOf(text: string): string[] {
  const result = read(text);
  if ('fleet' in result) return [];
  return result.problems.map(({ code, facts, summary, next }) => {
    const { line, column, path: where } = facts;
    return `${code} ${line ?? ''}:${column ?? ''} ${where ?? ''} | ${summary} | ${next}`;
  });
}

describe('a group that boots from the network', () => {
  test('needs no image and no login, and has its script and proof in typed form', () => {
    const result = read(good);
    expect(result).toHaveProperty('fleet');
    if (!('fleet' in result)) return;
    expect(result.fleet.images).toEqual([]);
    expect(result.fleet.servers).toHaveLength(2);
    expect(result.fleet.servers[1]).toMatchObject({
      name: 'live-2',
      disk: 25,
      ssh: undefined,
      networkBoot: {
        mode: 'ipxe-console',
        script: {
          kind: 'kernel',
          kernel: 'http://boot.example.org/vmlinuz',
          initrds: ['http://boot.example.org/initrd'],
          arguments: ['console=ttyS0', 'quiet'],
        },
        proof: { kind: 'console', pattern: 'login: ' },
        within: 300,
        restart: '1',
      },
    });
  });

  test.each([
    ['metadata: {}', { kind: 'metadata', state: 'booted' }],
    ['metadata: { state: up }', { kind: 'metadata', state: 'up' }],
    ['ssh: { command: [test, -e, /run/x] }', { kind: 'ssh', command: ['test', '-e', '/run/x'] }],
    ['ssh: {}', { kind: 'ssh' }],
  ])('takes the proof %s, with seven minutes for it', (proof, expected) => {
    const result = read(
      good
        .replace(/proof: .*/, `proof: { ${proof} }`)
        .replace('    boot:', '    ssh: { key: key }\n    boot:'),
    );
    expect('fleet' in result && result.fleet.servers[0]?.networkBoot).toMatchObject({
      proof: expected,
      within: 420,
    });
  });

  test('is no concern of waves, which need not reach it', () => {
    expect(problemsOf(`${good}rollout: { waves: [1, 100%] }\n`)).toEqual([]);
  });

  const chain = good.replace('script: kernel', 'script: chain').replace(/ +initrds.*\n +arguments.*\n/, '');
  test.each<[string, string, RegExp[]]>([
    ['no address', good.replace(/ +url: .*\n/, ''), [/^BF1005 8:5 servers.live.boot \|.*`url`/]],
    ['no proof', good.replace(/ +proof: .*\n/, ''), [/^BF1005 8:5 servers.live.boot \|.*`proof`/]],
    [
      'SSH without a login',
      good.replace(/console: {.*}, /, 'ssh: {}, '),
      [/^BF1005 5:3 servers.live \|.*`ssh`/],
    ],
    [
      'an image that nobody would write',
      good.replace('    boot:', '    image: edge\n    boot:'),
      [/^BF1016 8:5 servers.live.image \|.*`kernel`.*url, initrds/],
    ],
    [
      'ramdisks for a script',
      good.replace('script: kernel', 'script: chain'),
      [/^BF1016 11:7/, /^BF1016 12:7/],
    ],
    ['reinstall', `${good}      reinstall: x\n`, [/^BF1016 15:7 servers.live.boot.reinstall/]],
    [
      'an address for flash-image',
      good.replace('script: kernel', 'script: flash-image'),
      [
        /^BF1005 5:3 .*`image`/,
        /^BF1005 5:3 .*`ssh`/,
        ...['url', 'initrds', 'arguments', 'proof', 'restart'].map(
          (key) => new RegExp(`^BF1016 .*boot.${key}`),
        ),
      ],
    ],
    [
      'a script that does not exist',
      good.replace('script: kernel', 'script: kernl'),
      [/^BF1004 9:15 .*`kernel`\?/],
    ],
    [
      'two words',
      good.replace('quiet]', '"quiet && shell"]'),
      [/^BF1017 12:35 servers.live.boot.arguments\[1\] \|.*white space/],
    ],
    ['a setting of iPXE', good.replace('quiet]', '"x=${net0/ip}"]'), [/^BF1017 12:35 .*begins a setting/]],
    ['a quotation mark', good.replace('quiet]', `'a"b']`), [/^BF1017 12:35 .*quotation mark/]],
    ['a line break', good.replace('quiet]', '"quiet\\nreboot"]'), [/^BF1017 12:35 .*white space/]],
    [
      'more than a kernel takes',
      good.replace('quiet]', `${'x'.repeat(1000)}, ${'y'.repeat(1100)}]`),
      [/^BF1017 12:18 servers.live.boot.arguments \|.*2047/],
    ],
    [
      'another scheme',
      good.replace('http://boot.example.org/vmlinuz', 'ftp://x/y'),
      [/^BF1017 10:12 .*http and https/],
    ],
    [
      'a password',
      good.replace('[http://boot', '[http://me:secret@boot'),
      [/^BF1017 11:17 .*initrds\[0\] \|(?!.*secret)/],
    ],
    ['a pattern that is none', good.replace('"login: "', '"lo(gin"'), [/^BF1017 13:37 .*pattern/]],
    ['a pattern that matches all', good.replace('"login: "', '"x*"'), [/^BF1017 13:37 .*nothing at all/]],
    [
      'two proofs',
      good.replace('proof: {', 'proof: { metadata: {},'),
      [/^BF1004 13:14 .*exactly one of console, metadata and ssh/],
    ],
    [
      'an unknown proof',
      good.replace('console: {', 'consol: {'),
      [/^BF1004 13:14/, /^BF1003 13:16 .*`console`\?/],
    ],
    [
      'a rollout that names it',
      `${good}rollout: { waves: [[live-1], 100%], exclude: [live-2, live-3], pins: { live-1: x } }\n`,
      [
        /^BF1019 15:21 rollout.waves\[0\]\[0\] \|.*live-1 boots from the network/,
        /^BF1019 15:47 rollout.exclude\[0\]/,
        /^BF1012 15:55 rollout.exclude\[1\]/,
        /^BF1019 15:80 rollout.pins.live-1/,
        /^BF1007 15:80 rollout.pins.live-1/,
      ],
    ],
    [
      'a CD on UEFI',
      chain.replace('chain', 'iso').replace('START1-XS', 'DEV1-S'),
      [/^BF1018 9:15 servers.live.boot.script \|.*DEV1-S/],
    ],
  ])('%s', (_name, text, expected) => {
    const problems = problemsOf(text);
    expect(problems.map((problem) => problem.split(' |')[0])).toHaveLength(expected.length);
    for (const [i, pattern] of expected.entries()) expect(problems[i]).toMatch(pattern);
  });
});
