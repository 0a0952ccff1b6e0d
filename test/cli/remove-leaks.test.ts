import { expect, test } from 'vitest';
import { findLeaks } from '../../cli/find-leaks.ts';
import { removableLeaks } from '../../cli/remove-leaks.ts';
import type { CloudItem } from '../../clouds/scaleway/inventory.ts';
import { ownTags } from '../../components/fleet/naming.ts';

const tags = ownTags('demo', 'bootfleet/local');
const item = (kind: CloudItem['kind'], id: string, own: readonly string[], server?: string): CloudItem => ({
  ...{ kind, id, name: id, tags: own },
  server,
});

test('only what carries all tags of this stack and is attached to nothing may be removed; servers first', () => {
  const others = ownTags('demo', 'bootfleet/production');
  const items = [
    item('ip', 'lost', tags),
    item('volume', 'attached', tags, 's1'),
    item('volume', 'recorded', tags),
    item('security group', 'of another stack', others),
    item('ip', 'by the fleet alone', ['fleet:demo']),
    item('server', 's1', tags),
  ];
  const state = [{ type: 't', name: 'n', id: 'fr-par-1/recorded', outputs: {} }];
  const leaks = findLeaks('demo', tags[2] ?? '', items, [], state);
  expect(leaks).toHaveLength(4);
  expect(removableLeaks(leaks, items, tags).map(({ id }) => id)).toEqual(['s1', 'lost']);
});
