import { describe, expect, test } from 'vitest';
import { fleetTags, ownTags, reservedTag, unrecordedTag } from '../../../components/fleet/naming.ts';

describe('tags', () => {
  const owner = ownTags('demo', 'bootfleet/local');

  test("of a server: those by which it is found, its life, and the user's", () => {
    expect(fleetTags(owner, 7200, ['blue'])).toEqual([...owner, 'ttl:7200s', 'blue']);
  });

  test.each([...owner, 'fleet:other', 'stack:x/y', 'resource:edge-1', 'ttl:1s', 'Fleet:demo', unrecordedTag])(
    'a user cannot set %s, by which machines are found and removed',
    (tag) => {
      expect(reservedTag(tag)).toBeDefined();
      expect(() => fleetTags(owner, undefined, ['blue', tag])).toThrow(/^BF1028: .*reserved/);
    },
  );

  test.each(['blue', 'my-bootfleet', 'fleet', 'stack', 'os:openbsd'])('%s is free', (tag) => {
    expect(reservedTag(tag)).toBeUndefined();
  });
});
