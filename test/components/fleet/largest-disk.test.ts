import { expect, test } from 'vitest';
import type { FleetServerArgs } from '../../../components/fleet/args.ts';
import { largestDisk } from '../../../components/fleet/largest-disk.ts';

const server = (name: string, more: object): FleetServerArgs =>
  ({ name, type: 'DEV1-S', image: 'edge', ...more }) as unknown as FleetServerArgs;

test('the largest disk of the servers with the image, if all are known', () => {
  const servers = [server('a', { disk: 12 }), server('b', {}), server('c', { image: 'other', disk: 4000 })];
  expect(largestDisk('edge', servers)).toBe(20e9);
  expect(largestDisk('other', servers)).toBe(4000e9);
  expect(largestDisk('unused', servers)).toBeUndefined();
  expect(largestDisk('edge', [...servers, server('d', { type: 'NEW1-XXL' })])).toBeUndefined();
});
