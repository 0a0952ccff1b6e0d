import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadFleetFile } from '../../stacks/load.ts';
import { altered, fleetFolder, good } from './fleet-folder.ts';

const { folder, write, problemsOf } = fleetFolder();

describe('bad input', () => {
  test.each<[string, () => string, RegExp[]]>([
    [
      'unknown key',
      () => altered('type: START1', 'tpye: START1'),
      [/^BF1005 11:3 servers.edge \|/, /^BF1003 13:5 servers.edge.tpye \|.*`type`\?/],
    ],
    [
      'unknown key in flow style',
      () => altered('{ user: root', '{ usr: root'),
      [/^BF1003 16:12 servers.edge.ssh.usr \|.*`user`\?.*user, key, port/],
    ],
    ['unknown key at the top', () => `${good}imags: {}\n`, [/^BF1003 27:1 imags \|.*`images`\?/]],
    [
      'wrong type',
      () => altered('count: 3', 'count: three'),
      [
        /^BF1004 12:12 servers.edge.count \| .*found "three", expected a whole number, at least 0, at most 10000.*count: 3/,
      ],
    ],
    [
      'list instead of text',
      () => altered('type: START1-XS', 'type: [START1-XS]'),
      [/^BF1004 13:11 servers.edge.type \|.*found \["START1-XS"\], expected text/],
    ],
    [
      'out of range',
      () => altered('port: 80', 'port: 80000'),
      [/^BF1004 24:21 rollout.health\[0\].http.port \|.*at most 65535/],
    ],
    [
      'unknown word',
      () => altered('onFailure: rollback', 'onFailure: rolback'),
      [/^BF1004 25:14 rollout.onFailure \|.*one of rollback, hold.*`rollback`\?/],
    ],
    [
      'bad duration',
      () => altered('soak: 30s', 'soak: soon'),
      [/^BF1004 22:9 rollout.soak \|.*"soon".*Example: soak: 30s/],
    ],
    [
      'bad wave',
      () => altered('[1, 50%, 100%]', '[1, half, 100%]'),
      [/^BF1004 19:14 rollout.waves\[1\] \|.*found "half", expected .*percentage/],
    ],
    [
      'a wave of nothing',
      () => altered('[1, 50%, 100%]', '[1, 0%, 100%]'),
      [/^BF1004 19:14 rollout.waves\[1\] \|.*found "0%"/],
    ],
    [
      'a transfer that never ends',
      () => altered('  soak: 30s', '  transfer: { limit: 0MB }'),
      [/^BF1004 22:22 rollout.transfer.limit \|.*found "0MB"/],
    ],
    [
      'windows that the rollout cannot read, each at its place',
      () =>
        altered('  soak: 30s', '  windows: { times: [daily 02:00-04:00, Mun 02:00-04:00, Sat 02:00-25:00] }'),
      [
        /^BF1004 22:41 rollout.windows.times\[1\] \|.*found "Mun 02:00-04:00".*there is no day "Mun".*Example: "Mon-Fri/,
        /^BF1004 22:58 rollout.windows.times\[2\] \|.*25:00 is no time of day/,
      ],
    ],
    [
      'a window in a time zone that does not exist, beside another problem',
      () => altered('  soak: 30s', '  soak: soon\n  windows: { times: [Mon-Fri 02:00-04:00 Europe/Pari] }'),
      [/^BF1004 22:9 rollout.soak/, /^BF1004 23:22 rollout.windows.times\[0\] \|.*no time zone Europe\/Pari/],
    ],
    ['empty file', () => '', [/^BF1002 1:1 .*input is empty/]],
    ['a list', () => '- 1\n', [/BF1004 1:1 {2}\|/]],
    ['not YAML', () => altered('cloud:\n', 'cloud: [\n'), [/^BF1002 /]],
    ['a key twice', () => altered('    count: 3\n', '    count: 3\n    count: 4\n'), [/^BF1002 13:5 /]],
    [
      'duplicate server name',
      () =>
        altered('rollout:', '  edge: { type: START1-S, image: edge, ssh: { key: images/key } }\nrollout:'),
      [/^BF1006 18:3 servers.edge \|.*makes server edge-1 again; line 11/],
    ],
    [
      'unknown image',
      () => altered('image: edge', 'image: egde'),
      [/^BF1007 14:12 servers.edge.image \|.*`edge`\? Images in this file: edge/],
    ],
    [
      'image file missing',
      () => altered('img: images/edge.img', 'img: images/egde.img'),
      [/^BF1008 6:10 images.edge.img \|.*images\/egde.img does not exist.*`images\/edge.img`\?/],
    ],
    [
      'checksum file missing',
      () => altered('edge.fs.cksum', 'other.sum'),
      [/^BF1008 8:15 images.edge.checksum \|/],
    ],
    [
      'key file missing',
      () => altered('key: images/key', 'key: images/none'),
      [/^BF1008 16:29 servers.edge.ssh.key \|/],
    ],
    [
      'key file open to others',
      () => altered('key: images/key', 'key: images/open-key'),
      [/^BF1011 16:29 .*mode 0644.*chmod 600 images\/open-key/],
    ],
    [
      'unknown server type',
      () => altered('START1-XS', 'START1-XXS'),
      [/^BF1009 13:11 .*`START1-XXS`.*`START1-XS`\?/],
    ],
    [
      'disk larger than the type has',
      () => altered('count: 3', 'count: 3\n    disk: 50'),
      [/^BF1015 13:11 .*50 GB, but a START1-XS has at most 25/],
    ],
    [
      'waves that end early',
      () => altered('[1, 50%, 100%]', '[1, 50%]'),
      [/^BF1010 19:10 rollout.waves \|.*edge-3/],
    ],
    [
      'unknown server in a wave',
      () => altered('[1, 50%, 100%]', '[[egde-1], 100%]'),
      [/^BF1012 19:12 rollout.waves\[0\]\[0\] \|.*`edge-1`\?/],
    ],
    [
      'unknown pin',
      () => altered('  maxFailures: 0', '  pins: { edge-9: edge, edge-2: old }'),
      [/^BF1012 21:19 rollout.pins.edge-9/, /^BF1007 21:33 rollout.pins.edge-2/],
    ],
    [
      'signature without checksum',
      () => altered('    checksum: images/edge.fs.cksum\n', ''),
      [/^BF1013 8:16 images.edge.signature/],
    ],
    [
      'a build that is not the one which its slot image is called after',
      () =>
        altered(
          'fs: images/edge.fs\n',
          'fs: images/edge-20261122_0900.fs\n    build: 20261121_0900\n',
        ).replace(/\n +checksum.*\n.*signify.*/, ''),
      [
        /^BF1008 7:9/,
        /^BF1020 8:12 images.edge.build \|.*called after build 20261122_0900, not 20261121_0900/,
      ],
    ],
    ['a build of two words', () => altered('checksum:', 'build: my build\n    checksum:'), [/^BF1004 8:12/]],
    // YAML makes the number 1.1 of it.
    [
      'a build that is a fraction',
      () => altered('checksum:', 'build: 1.10\n    checksum:'),
      [/^BF1004 8:12/],
    ],
    [
      'two kinds in one health check',
      () => altered('    - http:', '    - tcp: { port: 80 }\n      http:'),
      [/^BF1004 24:7 rollout.health\[0\] \|.*exactly one of http, tcp, ssh and metadata/],
    ],
    [
      'bad fleet name',
      () => altered('fleet: demo', 'fleet: Demo_1'),
      [/^BF1004 1:8 fleet \|.*found "Demo_1".*small letters/],
    ],
    [
      'bad group name',
      () => altered('  edge:\n    count', '  Edge:\n    count'),
      [/^BF1004 11:3 servers.Edge \|.*found "Edge".*small letters/],
    ],
  ])('%s', (_name, text, expected) => {
    const problems = problemsOf(text());
    expect(problems).toHaveLength(expected.length);
    for (const [i, pattern] of expected.entries()) expect(problems[i]).toMatch(pattern);
  });

  test('checksums that are not about every file of the image', () => {
    const list = (name: string, ...about: string[]): void => {
      writeFileSync(
        path.join(folder, 'images', name),
        about.map((one) => `SHA512 (${one}) = ${'0'.repeat(128)}\n`).join(''),
      );
    };
    const text = altered('edge.fs.cksum', 'listed.cksum');
    list('listed.cksum', 'edge.fs');
    expect(problemsOf(text)).toEqual([
      expect.stringMatching(
        /^BF1122 6:10 images.edge.img \|.*no checksum is about images\/edge.img; there is images\/listed/,
      ),
    ]);
    list('listed.cksum', 'edge.img');
    expect(problemsOf(text)).toEqual([expect.stringMatching(/^BF1122 7:9 images.edge.fs \|/)]);
    list('listed.cksum', 'edge.img', 'edge.fs');
    expect(problemsOf(text)).toEqual([]);
  });

  test('all problems at once, in the order of the file', () => {
    const text = good
      .replace('fr-par-1', 'paris')
      .replace('count: 3', 'count: -1')
      .replace('maxInFlight: 2', 'maxInFlght: 2')
      .replace('ttl: 2h', 'ttl: never');
    expect(problemsOf(text).map((problem) => problem.split(' |')[0])).toEqual([
      'BF1004 3:21 cloud.scaleway.zone',
      'BF1004 12:12 servers.edge.count',
      'BF1003 20:3 rollout.maxInFlght',
      'BF1004 26:19 ephemeral.ttl',
    ]);
  });

  test('a missing fleet file names the stack', () => {
    expect(() => loadFleetFile(path.join(folder, 'none.yaml'), 'prod')).toThrow(/^BF1001: stack prod/);
  });

  test('the error of a whole file holds every problem', () => {
    const file = write(altered('image: edge', 'image: egde').replace('START1-XS', 'START1'));
    expect(() => loadFleetFile(file, 'test')).toThrow(/BF1000: .* has 2 problems:[^]*BF1009[^]*BF1007/);
  });
});
