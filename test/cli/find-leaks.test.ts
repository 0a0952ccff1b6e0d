import { expect, test } from 'vitest';
import { findLeaks } from '../../cli/find-leaks.ts';
import { rowOf } from '../../cli/server-status.ts';
import { parseState } from '../../components/stack-resources.ts';
import { table } from '../../cli/status.ts';
import { strayOf } from '../../cli/stray-processes.ts';
import type { CloudItem } from '../../clouds/scaleway/inventory.ts';

const item = (kind: CloudItem['kind'], id: string, tags: string[], server?: string): CloudItem => ({
  kind,
  id,
  name: id,
  tags,
  server,
});
const none = { bucket: 'b', own: true, exists: false, keys: [], uploads: [] };
const owner = 'stack:bootfleet/local';
const known = [{ type: 't', name: 'n', id: 'fr-par-1/s1', outputs: {} }];

test('what carries the tag and is not in the state leaks; what is known or of others does not', () => {
  const items = [
    item('server', 's1', ['bootfleet', 'fleet:demo']),
    item('server', 's2', ['bootfleet', 'fleet:demo']),
    item('ip', 'i1', ['fleet:demo2']),
    item('volume', 'v1', [], 's2'),
    item('volume', 'v2', [], 's9'),
  ];
  const leaks = findLeaks('demo', owner, items, [none], known);
  expect(leaks.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['server s2', 'volume v1']);
});

test('objects that no resource has, and a bucket that nobody needs', () => {
  const state = [
    { type: 'ImageArtifact', name: 'edge', id: 'x', outputs: { bucket: 'b', key: 'images/edge/aa.img' } },
    { type: 'BootScript', name: 'edge', id: 'y', outputs: { bucket: 'b', keys: ['boot/1.ipxe'] } },
    { type: 'BootScript', name: 'other', id: 'z', outputs: { bucket: 'c', keys: ['boot/2.ipxe'] } },
  ];
  const keys = ['images/edge/aa.img', 'boot/1.ipxe', 'boot/2.ipxe'];
  expect(findLeaks('demo', owner, [], [{ ...none, exists: true, keys }], state).map(({ id }) => id)).toEqual([
    'b/boot/2.ipxe',
  ]);
  expect(findLeaks('demo', owner, [], [{ ...none, exists: true }], []).map(({ kind }) => kind)).toEqual([
    'bucket',
  ]);
  expect(findLeaks('demo', owner, [], [none], [])).toEqual([]);
});

test("what another stack's tag is on is never ours, though its fleet has the same name", () => {
  const other = ['bootfleet', 'fleet:demo', 'stack:other/local'];
  const items = [
    item('server', 's2', ['bootfleet', 'fleet:demo', owner]),
    item('server', 's3', other),
    item('volume', 'v3', [], 's3'),
    item('ip', 'i3', other),
  ];
  const leaks = findLeaks('demo', owner, items, [none], known);
  expect(leaks.map(({ id, why }) => `${id}: ${why}`)).toEqual([
    's2: it carries the tags fleet:demo and stack:bootfleet/local',
  ]);
});

test('unfinished uploads leak; what else lies in a bucket of an earlier version may be anybody’s', () => {
  const own = { ...none, exists: true, uploads: ['images/edge/aa.img'] };
  const shared = { ...own, bucket: 'old', own: false, keys: ['images/edge/bb.img'] };
  const state = [{ type: 'ImageArtifact', name: 'x', id: 'x', outputs: { bucket: 'b', key: 'k' } }];
  const leaks = findLeaks('demo', owner, [], [own, shared], state);
  expect(leaks.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['upload b/images/edge/aa.img']);
});

test('a QEMU process of the embedded cloud without a server is a stray; others are not', () => {
  const argv = ['/usr/bin/qemu-system-x86_64', '-chardev', 'path=/home/u/localcloud/machines/s1/serial'];
  expect(strayOf(argv, '/home/u/localcloud/machines', ['s2'])).toBe('/usr/bin/qemu-system-x86_64');
  expect(strayOf(argv, '/home/u/localcloud/machines', ['s1'])).toBeUndefined();
  expect(strayOf(argv, '/home/other', [])).toBeUndefined();
  expect(
    strayOf(['tail', '/home/u/localcloud/machines/x'], '/home/u/localcloud/machines', []),
  ).toBeUndefined();
});

test("Pulumi's exported state is read; one without resources is empty", () => {
  const urn = 'urn:pulumi:local::bootfleet::a$b::edge-1';
  const deployment = {
    resources: [{ urn, type: 'b', id: 'x', outputs: { a: 1 } }, { urn: 'urn:pulumi:local::p::t::n' }],
  };
  expect(parseState(JSON.stringify({ version: 3, deployment }))).toEqual([
    { type: 'b', name: 'edge-1', id: 'x', outputs: { a: 1 } },
    { type: '', name: 'n', id: '', outputs: {} },
  ]);
  expect(parseState('{"version":3,"deployment":{}}')).toEqual([]);
});

test('a row of the status, and the table', () => {
  const cloud = { kind: 'scaleway', zone: 'fr-par-1', endpoint: 'local' } as const;
  const view = {
    id: 'x',
    name: 'edge-1',
    power: 'running',
    bootSource: 'disk',
    stateDetail: 'booted',
    address: { host: '127.66.0.2', portOffset: 0 },
    tags: [],
  } as const;
  const system = { build: '20261121_0900', slot: 'd', nextSlot: 'e' };
  const up = rowOf('edge-1', cloud, { view, system, trouble: undefined });
  expect(up).toEqual({
    name: 'edge-1',
    cloud: 'scaleway fr-par-1 (local)',
    state: 'booted',
    build: '20261121_0900',
    slot: 'd',
    nextSlot: 'e',
    address: '127.66.0.2',
    health: 'ok',
    unseenSince: '',
  });
  const silent = rowOf('edge-2', cloud, { view, system: undefined, trouble: 'x' });
  const off = rowOf('edge-3', cloud, {
    view: { ...view, power: 'off' },
    system: undefined,
    trouble: undefined,
  });
  const absent = rowOf('edge-4', cloud, undefined);
  expect([silent.health, off.health, off.state, absent.health]).toEqual([
    'unreachable',
    'off',
    'off',
    'absent',
  ]);
  const since = { ...silent, unseenSince: '2026-11-27T23:10:04.000Z' };
  const nameless = { ...up, build: '' };
  const builds = table([silent, since, nameless, off], false)
    .slice(1)
    .map((line) => line.split(/ {2,}/)[3]);
  expect(builds).toEqual(['unknown', 'unknown (not seen since 2026-11-27 23:10 UTC)', 'unknown', '-']);
  const lines = table([up, absent], false);
  expect(lines[0]).toMatch(/^NAME {4}CLOUD .* NEXT SLOT {2}ADDRESS {5}HEALTH$/);
  expect(lines[2]).toMatch(/^edge-4 {2}scaleway fr-par-1 \(local\) {2}absent {2}- .* absent$/);
});
