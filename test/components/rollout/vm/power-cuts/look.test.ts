import { expect, test } from 'vitest';
import { parseSlots } from './look.ts';

test('what a machine says of its slots', () => {
  const text =
    'build=20261122_0900\nslot=e\nd.state=complete\nd.build=20261121_0900\nd.sha256=00\ne.state=proven\ne.build=20261122_0900\n';
  expect(parseSlots(text)).toEqual({ build: '20261122_0900', slot: 'e', other: '20261121_0900' });
  expect(parseSlots(text.replace('d.state=complete', 'd.state=writing')).other).toBe('');
  expect(parseSlots('build=1\nslot=d\n')).toEqual({ build: '1', slot: 'd', other: '' });
});
