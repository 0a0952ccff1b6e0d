import { expect, test } from 'vitest';
import type { BootState } from '../../../components/boot-mode/args.ts';
import type { Look } from '../../../components/boot-mode/look.ts';
import { afterLook } from '../../../components/boot-mode/seen.ts';

const state = {
  machine: 'edge-1', build: '1', slot: 'd', nextSlot: 'd', power: 'running', state: 'booted', reachable: true, install: 'edge', installedBuild: '0',
  address: '127.66.0.1',
} as BootState; // prettier-ignore
const look = (change: Partial<Look> & { power?: 'running' | 'off' } = {}): Look => {
  const { power = 'running', ...rest } = change;
  const address = { host: '127.66.0.2', portOffset: 0 };
  const view = { power, stateDetail: '', address } as unknown as Look['view'];
  return { view, system: undefined, trouble: undefined, ...rest };
};
const [first, later] = [Date.UTC(2026, 10, 27, 23, 10), Date.UTC(2026, 10, 28)];

test('a machine that is not seen keeps nothing of what it ran, but since when it was not seen', () => {
  const unseen = afterLook(state, look({ trouble: 'no answer' }), first);
  const since = '2026-11-27T23:10:00.000Z';
  expect(unseen).toMatchObject({ build: '', slot: '', nextSlot: '', reachable: false, unseenSince: since });
  // How it was installed is no fact that a look could change.
  expect(unseen).toMatchObject({ install: 'edge', installedBuild: '0', machine: 'edge-1' });
  expect(afterLook(unseen, look({ power: 'off' }), later)).toMatchObject({
    power: 'off',
    unseenSince: since,
  });
});

test('a machine that answers again is known again', () => {
  const unseen = afterLook(state, look(), first);
  const system = { build: '2', slot: 'e', nextSlot: 'e' };
  const seen = afterLook(unseen, look({ system }), later);
  expect(seen).toMatchObject({ ...system, installedBuild: '0', reachable: true, address: '127.66.0.2' });
  expect(seen).not.toHaveProperty('unseenSince');
});
