import { describe, expect, test } from 'vitest';
import { resolvePolicy } from '../../../../components/rollout/policy.ts';
import type {
  SlotUpgradeInputs,
  SlotUpgradeState,
} from '../../../../components/rollout/slot-upgrade/args.ts';
import { changesOf } from '../../../../components/rollout/slot-upgrade/changes.ts';
import { digestOf } from './observations.ts';

const news: SlotUpgradeInputs = {
  rollout: 'r', machine: 'edge-1', image: { fs: 'a.fs', checksums: [] }, wave: { number: 1, name: 'canary' }, skip: '',
  target: { cloud: { kind: 'scaleway', zone: 'fr-par-1' }, server: '1', address: 'a', sshPort: 22, hostKey: '', ssh: { user: 'root', keyFile: 'k' } },
  policy: resolvePolicy(), resourceUrn: '', found: { build: '1', sha256: digestOf('1'), sha512: '', bytes: 1, verified: 'none' },
}; // prettier-ignore
const olds: SlotUpgradeState = {
  ...news, outcome: 'upgraded', why: '', from: '0', to: '1', slot: 'e', bytes: 1, mode: 'delta', seconds: {}, brokenLock: '',
  running: { build: '1', slot: 'e', nextSlot: 'e' }, drift: '', transcript: '',
}; // prettier-ignore
const other = { ...news, found: { ...news.found, build: '2', sha256: digestOf('2') } } as SlotUpgradeInputs;

describe('an update', () => {
  test('is nothing for the same image, wherever it lies, in whatever wave and policy', () => {
    const moved = { ...news, image: { fs: 'b.fs', checksums: ['b'] }, wave: { number: 3, name: 'x' } };
    expect(changesOf(olds, { ...moved, policy: resolvePolicy({ maxInFlight: 9 }) })).toMatchObject({
      changes: false,
      reason: '',
    });
  });

  test.each([
    ['another image', olds, other, '1 -> 2'],
    ['an image of the same name', olds, { ...news, found: { ...news.found, sha256: digestOf('2') } } as SlotUpgradeInputs, 'BF1710: another image under the same build name 1 (SHA-256 100000000000... -> 200000000000...)'],
    ['an image without a name', olds, { ...news, found: { ...news.found, build: '', sha256: digestOf('2') } } as SlotUpgradeInputs, '1 -> build unknown'],
    ['an end that was no success', { ...olds, outcome: 'rolled-back', why: 'edge-1: sick' } as const, news, 'the last attempt ended as rolled-back (sick)'],
    ['what a refresh found', { ...olds, drift: 'it runs 0' }, news, 'it runs 0'],
  ])('is made for %s', (_what, before, after, reason) => {
    expect(changesOf(before, after)).toEqual({ changes: true, replaces: [], reason });
  }); // prettier-ignore

  test('is nothing for a machine that is left alone, whatever there would be to do', () => {
    expect(changesOf({ ...olds, drift: 'x' }, { ...other, skip: 'excluded' }).changes).toBe(false);
  });

  test('of another server is a replacement', () => {
    const replaced = { ...news, skip: 'excluded', target: { ...news.target, server: '2' } };
    expect(changesOf(olds, replaced)).toMatchObject({ changes: true, replaces: ['target'] });
  });
});
