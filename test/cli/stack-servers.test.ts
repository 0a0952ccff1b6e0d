import { expect, test } from 'vitest';
import { ownerOf } from '../../cli/project.ts';
import { stackOf } from '../../cli/stack-name.ts';
import { ownerTag, pickServers } from '../../cli/stack-servers.ts';
import type { MachineView } from '../../clouds/cloud.ts';

test('the tag of a stack names its project', () => {
  const tag = (stack: string): string => ownerTag('demo', ownerOf(stackOf('leaks', [stack])));
  expect(tag('local')).toBe('stack:bootfleet/local');
  expect(tag('me/local')).toBe('stack:bootfleet/local');
  expect(tag('me/other/local')).toBe('stack:other/local');
});

test('of two machines of one name the one that the state has is meant', () => {
  const view = (id: string): MachineView => ({ id, name: 'edge-1' }) as MachineView;
  const state = [
    { type: 'scaleway:instance/server:Server', name: 'edge-1', id: 'fr-par-1/b', outputs: {} },
    { type: 'scaleway:instance/ip:Ip', name: 'edge-1', id: 'fr-par-1/c', outputs: {} },
  ];
  for (const views of [
    ['a', 'b', 'c'],
    ['b', 'c', 'a'],
    ['c', 'a', 'b'],
  ])
    expect(pickServers(views.map(view), state).get('edge-1')?.id).toBe('b');
  expect(pickServers([view('a')], []).get('edge-1')?.id).toBe('a');
});
