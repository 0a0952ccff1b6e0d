import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { loadFleetFile, readFleetFile } from '../../stacks/load.ts';
import { altered, fleetFolder, good } from './fleet-folder.ts';

const { folder, write, problemsOf } = fleetFolder();

/** Problems of a file that is not written as UTF-8 text. */
function problemsOfBytes(bytes: Uint8Array): string[] {
  const file = write('');
  writeFileSync(file, bytes);
  const result = readFleetFile(file, 'test');
  return 'fleet' in result ? [] : result.problems.map(({ message }) => message.split('\n')[0] ?? '');
}

test.each<[string, () => string, RegExp[]]>([
  [
    'a key without a value',
    () => altered('count: 3', 'count:'),
    [/^BF1004 12:5 servers.edge.count \|.*found nothing, expected a whole number.*count: 3/],
  ],
  ['null', () => altered('count: 3', 'count: ~'), [/^BF1004 12:12 servers.edge.count \|.*found nothing/]],
  [
    'no number',
    () => altered('count: 3', 'count: .nan'),
    [/^BF1004 12:12 servers.edge.count \|.*found .nan, expected a whole number/],
  ],
  [
    'an endless number',
    () => altered('soak: 30s', 'soak: .inf'),
    [/^BF1004 22:9 rollout.soak \|.*found .inf/],
  ],
  [
    'a negative duration',
    () => altered('soak: 30s', 'soak: -5'),
    [/^BF1004 22:9 rollout.soak \|.*found -5, expected from 0s to 7d/],
  ],
  ['a number with an exponent', () => altered('soak: 30s', 'soak: 1e-7'), []],
  [
    'a number as text',
    () => altered('count: 3', 'count: "3"'),
    [/^BF1004 12:13 .*found "3", expected a whole number/],
  ],
  [
    'a word that was true in YAML 1.1',
    () => altered('  maxFailures: 0', '  allowDowngrade: yes'),
    [/^BF1004 21:19 .*found "yes", expected true or false/],
  ],
  [
    'a time that was a number in YAML 1.1',
    () => altered('soak: 30s', 'soak: 1:30'),
    [/^BF1004 22:9 .*found "1:30"/],
  ],
  [
    'a key that is a number',
    () => altered('  maxFailures: 0', '  pins: { 1: edge }'),
    [/^BF1002 21:11 .*a key must be text/],
  ],
  [
    'a key that is a list',
    () => altered('  maxFailures: 0', '  ? [a]\n  : 1'),
    [/^BF1002 21:\d+ .*a key must be text/],
  ],
  ['a tab', () => altered('    count: 3', '\tcount: 3'), [/^BF1002 12:\d+ /]],
  ['a tag of YAML that nobody knows', () => altered('count: 3', 'count: !x 3'), [/^BF1002 12:12 /]],
  [
    'a mistake in lines that end as on Windows',
    () => altered('count: 3', 'count: three').replaceAll('\n', '\r\n'),
    [/^BF1004 12:12 servers.edge.count/],
  ],
  [
    'a mistake in lines that end as on old Macs',
    () => altered('count: 3', 'count: three').replaceAll('\n', '\r'),
    [/^BF1004 12:12 servers.edge.count/],
  ],
  [
    'a mistake behind a byte order mark',
    () => `\ufeff${altered('fleet: demo', 'fleet: Demo')}`,
    [/^BF1004 1:8 fleet/],
  ],
  [
    'a life of no time',
    () => altered('ttl: 2h', 'ttl: 0s'),
    [/^BF1004 26:19 ephemeral.ttl \|.*found "0s", expected from 1m to 365d.*ttl: 2h/],
  ],
  [
    'a life of eternity',
    () => altered('ttl: 2h', 'ttl: 99999999999h'),
    [/^BF1004 26:19 ephemeral.ttl \|.*from 1m to 365d/],
  ],
  [
    'a digit too many in a limit',
    () => altered('  maxFailures: 0', '  transfer: { limit: 10000GB }'),
    [/^BF1004 21:22 rollout.transfer.limit \|.*from 1kB to 100GB/],
  ],
  [
    'a lock that is stale at once',
    () => altered('  maxFailures: 0', '  lockTimeout: 1s'),
    [/^BF1004 21:16 rollout.lockTimeout \|.*from 1m to 7d/],
  ],
  [
    'a wait of a month',
    () => altered('script: flash-image', 'waits: { boot: 9999999 }'),
    [/^BF1004 15:48 .*more than 0, at most 86400/],
  ],
  [
    'a reinstallation that is a number too large to be told from its neighbour',
    () => altered('script: flash-image', 'reinstall: 12345678901234567890'),
    [/^BF1004 15:44 /],
  ],
  [
    'a path with a byte that no path has',
    () => altered('img: images/edge.img', 'img: "images/\\0"'),
    [/^BF1004 6:11 /],
  ],
  [
    'a path that is too long',
    () => altered('img: images/edge.img', `img: ${'x'.repeat(300)}`),
    [/^BF1030 6:10 images.edge.img \|.*ENAMETOOLONG/],
  ],
  [
    'tags by which bootfleet finds its own',
    () =>
      altered(
        'tags: [demo]',
        'tags: [bootfleet, "fleet:other", "stack:x/y", "TTL:1s", "expires:never", blue]',
      ),
    [
      /^BF1027 17:12 servers.edge.tags\[0\] \|.*bootfleet is reserved/,
      /^BF1027 17:\d+ servers.edge.tags\[1\] \|.*`fleet:`/,
      /^BF1027 17:\d+ servers.edge.tags\[2\] \|.*`stack:`/,
      /^BF1027 17:\d+ servers.edge.tags\[3\] \|.*`ttl:`/,
      /^BF1027 17:\d+ servers.edge.tags\[4\] \|.*`expires:`/,
    ],
  ],
  [
    'more servers than a fleet has',
    () =>
      altered(
        'rollout:',
        '  web: { count: 9999, type: START1-S, image: edge, ssh: { key: images/key } }\nrollout:',
      ),
    [/^BF1029 18:17 servers.web.count \|.*10002 servers, expected are at most 10000/],
  ],
])('%s is told at its place', (_name, text, expected) => {
  const problems = problemsOf(text());
  expect(problems).toHaveLength(expected.length);
  for (const [i, pattern] of expected.entries()) expect(problems[i]).toMatch(pattern);
});

const groups = `servers:
  edge: &edge
    count: 3
    type: START1-XS
    image: edge
    ssh: &login { key: images/key }
  web:
    <<: *edge
    count: 1
`;
const merged = good.replace(/servers:[^]*?rollout:/, `${groups}rollout:`);

test('merge keys are taken; what is written beside them goes first', () => {
  const result = readFleetFile(write(merged), 'test');
  expect('fleet' in result && result.fleet.servers.map(({ name, type }) => `${name} ${type}`)).toEqual([
    'edge-1 START1-XS',
    'edge-2 START1-XS',
    'edge-3 START1-XS',
    'web-1 START1-XS',
  ]);
});

test.each([
  [
    'what a merge key brings in',
    merged.replace('type: START1-XS', 'type: START1-XXS'),
    [/^BF1009 13:11 servers.edge.type/, /^BF1009 17:5 servers.web.type/],
  ],
  ['what is beside it', merged.replace('count: 1', 'count: -1'), [/^BF1004 18:12 servers.web.count/]],
  [
    'what is merged in its own place',
    merged.replace('<<: *edge', '<<: { type: 7, image: edge, ssh: *login }'),
    [/^BF1004 17:17 servers.web.type/],
  ],
  ['a merge of what is no group', merged.replace('<<: *edge', '<<: 3'), [/^BF1002 17:5 .*merge/]],
  [
    'two merge keys',
    merged.replace('<<: *edge', '<<: *edge\n    <<: *login'),
    [/^BF1002 18:5 .*<< is there twice/],
  ],
])('%s is told at its place', (_name, text, expected) => {
  const problems = problemsOf(text);
  expect(problems).toHaveLength(expected.length);
  for (const [i, pattern] of expected.entries()) expect(problems[i]).toMatch(pattern);
});

test('bytes that are no UTF-8 are told at their place', () => {
  const text = Buffer.from(altered('tags: [demo]', 'tags: [caf\u00e9]'), 'latin1');
  expect(problemsOfBytes(text)).toEqual([expect.stringMatching(/^BF1024: .*:17:15: .*a byte is not UTF-8/)]);
  expect(problemsOfBytes(Buffer.from(`\ufeff${good}`, 'utf16le'))).toEqual([
    expect.stringMatching(/^BF1024: .*:1:1: .*it is UTF-16/),
  ]);
  expect(problemsOfBytes(Buffer.from([0x1f, 0x8b, 0x08, 0, 0xff]))).toEqual([
    expect.stringMatching(/^BF1024: /),
  ]);
});

test('a fleet file that cannot be read is told, and one that never ends is not read to its end', () => {
  mkdirSync(path.join(folder, 'a-folder'));
  expect(() => loadFleetFile(path.join(folder, 'a-folder'), 'test')).toThrow(/^BF1023: .*EISDIR/);
  expect(() => loadFleetFile('/dev/zero', 'test')).toThrow(/BF1025: .*more than 1048576 bytes/);
  expect(() => loadFleetFile(path.join(folder, 'x'.repeat(300)), 'test')).toThrow(/^BF1023: .*ENAMETOOLONG/);
});

test.skipIf(process.getuid?.() === 0)('and so is a file in a folder that may not be searched', () => {
  const closed = path.join(folder, 'closed');
  mkdirSync(closed);
  chmodSync(closed, 0);
  expect(() => loadFleetFile(path.join(closed, 'x.yaml'), 'test')).toThrow(/^BF1023: .*EACCES/);
  chmodSync(closed, 0o700);
});
