import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CloudItem } from '../../../../clouds/scaleway/inventory.ts';
import type { Creation } from '../../../../components/fleet/abandoned/creation.ts';
import { lostItems } from '../../../../components/fleet/abandoned/lost-items.ts';
import { ownTags, resourceTag } from '../../../../components/fleet/naming.ts';

const tags = ownTags('demo', 'bootfleet/local');
const asked: Creation = { kind: 'ip', name: 'edge-1' };
const made: CloudItem = {
  kind: 'ip',
  id: 'a',
  name: '127.66.0.1',
  tags: [...tags, resourceTag('edge-1'), 'blue'],
  server: undefined,
};

test('finds what this very resource asked for', () => {
  expect(lostItems([made], [asked], new Set(), tags)).toEqual([made]);
  expect(lostItems([made], [], new Set(), tags)).toEqual([]);
  expect(lostItems([made], [{ ...asked, name: 'edge-2' }], new Set(), tags)).toEqual([]);
  expect(lostItems([made], [{ ...asked, kind: 'block volume' }], new Set(), tags)).toEqual([]);
});

test('leaves alone what was there before, what is attached, and servers', () => {
  expect(lostItems([made], [asked], new Set(['a']), tags)).toEqual([]);
  expect(lostItems([{ ...made, server: 'b' }], [asked], new Set(), tags)).toEqual([]);
  const server = { ...asked, kind: 'server' } as const;
  expect(lostItems([{ ...made, kind: 'server' }], [server], new Set(), tags)).toEqual([]);
});

test('never what another resource, another stack or an earlier run made', () => {
  const kind = fc.constantFrom<CloudItem['kind'][]>(
    'server',
    'volume',
    'block volume',
    'ip',
    'security group',
  );
  const name = fc.constantFrom('edge-1', 'edge-10', 'edge');
  const item = fc.record({
    kind,
    id: fc.constantFrom('a', 'b', 'c', 'd'),
    name,
    tags: fc.tuple(fc.subarray(tags, { minLength: 2 }), name).map(([own, one]) => [...own, resourceTag(one)]),
    server: fc.constantFrom(undefined, 'a'),
  });
  const unknown = fc.array(fc.record({ kind, name }));
  const before = fc.subarray(['a', 'b', 'c']).map((ids) => new Set(ids));
  fc.assert(
    fc.property(fc.array(item), unknown, before, (items, creations, was) => {
      const found = new Set(lostItems(items, creations, was, tags));
      for (const one of items) {
        const own = tags.every((tag) => one.tags.includes(tag));
        const free = one.server === undefined && !was.has(one.id) && one.kind !== 'server';
        const wanted = creations.some(
          (of) => of.kind === one.kind && one.tags.at(-1) === resourceTag(of.name),
        );
        expect(found.has(one)).toBe(own && free && wanted);
      }
    }),
  );
});
