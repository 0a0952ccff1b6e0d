import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CloudItem } from '../../../../clouds/scaleway/inventory.ts';
import { abandonedItems, recordedItems } from '../../../../components/fleet/abandoned/abandoned-items.ts';
import { parseCheckpoint } from '../../../../components/fleet/abandoned/checkpoint.ts';
import { ownTags, resourceTag, unrecordedTag } from '../../../../components/fleet/naming.ts';

const tags = ownTags('demo', 'bootfleet/local');
const item = (given: Partial<CloudItem>): CloudItem => ({
  kind: 'server',
  id: 'a',
  name: 'edge-1',
  tags,
  server: undefined,
  ...given,
});
const nothing = { ids: new Set<string>(), begun: [] };

test('a server that the state does not know is abandoned', () => {
  expect(abandonedItems([item({})], nothing, tags)).toEqual([item({})]);
  expect(abandonedItems([item({})], { ...nothing, ids: new Set(['a']) }, tags)).toEqual([]);
});

test('a disk only if its creation was begun and it is attached to nothing', () => {
  const disk = item({ kind: 'volume' });
  const begun = (name: string): object => ({
    ...nothing,
    begun: [{ type: 'scaleway:instance/volume:Volume', name, tags: [] }],
  });
  expect(abandonedItems([disk], nothing, tags)).toEqual([]);
  expect(abandonedItems([disk], begun('edge-1') as typeof nothing, tags)).toEqual([disk]);
  expect(abandonedItems([disk], begun('edge-2') as typeof nothing, tags)).toEqual([]);
  expect(abandonedItems([{ ...disk, server: 'b' }], begun('edge-1') as typeof nothing, tags)).toEqual([]);
  expect(
    abandonedItems([{ ...disk, kind: 'block volume' }], begun('edge-1') as typeof nothing, tags),
  ).toEqual([]);
});

test('an address is told by the tags that its creation asked for', () => {
  const asked = (name: string): string[] => [...tags, resourceTag(name)];
  const begun = [{ type: 'scaleway:instance/ip:Ip', name: undefined, tags: asked('edge-1') }];
  const ip = (id: string, own: readonly string[]): CloudItem => item({ kind: 'ip', id, tags: own });
  const items = [ip('a', asked('edge-1')), ip('b', asked('edge-2')), ip('c', tags)];
  expect(abandonedItems(items, { ...nothing, begun }, tags)).toEqual([items[0]]);
});

test('what a failed creation made is abandoned by its mark, unless the state has it or it is attached', () => {
  const disk = item({ kind: 'volume', tags: [...tags, unrecordedTag] });
  expect(abandonedItems([disk], nothing, tags)).toEqual([disk]);
  expect(abandonedItems([{ ...disk, server: 'b' }], nothing, tags)).toEqual([]);
  expect(abandonedItems([{ ...disk, tags: [unrecordedTag] }], nothing, tags)).toEqual([]);
  const ids = new Set(['a']);
  expect(abandonedItems([disk], { ...nothing, ids }, tags)).toEqual([]);
  expect(recordedItems([disk, item({ id: 'a' })], ids)).toEqual([disk]);
  expect(recordedItems([disk], new Set())).toEqual([]);
});

test('servers come first', () => {
  const begun = [{ type: 'scaleway:instance/ip:Ip', name: undefined, tags }];
  const found = abandonedItems([item({ kind: 'ip', id: 'b' }), item({})], { ...nothing, begun }, tags);
  expect(found.map(({ kind }) => kind)).toEqual(['server', 'ip']);
});

test('never what the state knows, nor what lacks a tag of this fleet and stack', () => {
  const kinds = ['server', 'volume', 'block volume', 'ip', 'security group'] as const;
  const types = ['instance/server:Server', 'instance/volume:Volume', 'block/volume:Volume', 'instance/ip:Ip'];
  const items = fc.array(
    fc.record({
      kind: fc.constantFrom(...kinds),
      id: fc.constantFrom('a', 'b', 'c', 'd'),
      name: fc.constantFrom('edge-1', 'edge-2'),
      tags: fc.subarray([...tags, resourceTag('edge-1'), unrecordedTag]),
      server: fc.constantFrom(undefined, 'a'),
    }),
  );
  const checkpoint = fc.record({
    ids: fc.subarray(['a', 'b', 'c']).map((ids) => new Set(ids)),
    begun: fc.array(
      fc.record({
        type: fc.constantFrom(...types.map((type) => `scaleway:${type}`)),
        name: fc.constantFrom('edge-1', 'edge-2', undefined),
        tags: fc.subarray([...tags, resourceTag('edge-1')]),
      }),
    ),
  });
  fc.assert(
    fc.property(items, checkpoint, (all, state) => {
      for (const found of abandonedItems(all, state, tags)) {
        expect(state.ids.has(found.id)).toBe(false);
        expect(found.tags).toEqual(expect.arrayContaining(tags));
        if (found.kind === 'server') continue;
        expect(found.server).toBeUndefined();
        if (!found.tags.includes(unrecordedTag)) expect(state.begun).not.toEqual([]);
      }
    }),
  );
});

test('reads ids and begun creations from an exported state', () => {
  const deployment = {
    resources: [
      { type: 'pulumi:pulumi:Stack' },
      { type: 'scaleway:instance/ip:Ip', id: 'fr-par-1/a', inputs: { tags: [] } },
    ],
    pending_operations: [
      { type: 'creating', resource: { type: 'scaleway:instance/server:Server', inputs: { name: 'edge-1' } } },
      { type: 'updating', resource: { type: 'scaleway:instance/ip:Ip', id: 'fr-par-1/a' } },
    ],
  };
  expect(parseCheckpoint(JSON.stringify({ version: 3, deployment }))).toMatchObject({
    ids: new Set(['a']),
    begun: [{ type: 'scaleway:instance/server:Server', name: 'edge-1', tags: [] }],
    servers: new Map(),
  });
  expect(parseCheckpoint('{"version":3,"deployment":{}}')).toEqual({
    ids: new Set(),
    begun: [],
    resources: [],
    servers: new Map(),
  });
});
