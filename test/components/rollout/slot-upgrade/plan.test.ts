import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resolvePolicy } from '../../../../components/rollout/policy.ts';
import { planOf, type MachineMemory } from '../../../../components/rollout/slot-upgrade/plan.ts';
import { digestOf } from './observations.ts';

const inputs = { policy: resolvePolicy(), wave: { number: 1, name: 'canary' }, skip: '' };
const found = { build: '2', sha256: digestOf('2'), sha512: '', bytes: 50e6, verified: 'none' };
const memory: MachineMemory = { build: '1', slot: 'd', linkRate: 0, overhead: 0 };

describe('the plan of one machine', () => {
  test('of which nothing is known says so', () => {
    expect(planOf(inputs, found, undefined)).toMatchObject({ from: '', to: '2', slot: '?', wave: 'canary' });
  });

  test('that runs the build already moves nothing', () => {
    expect(planOf(inputs, found, { ...memory, build: '2', sha256: digestOf('2') })).toMatchObject({
      slot: 'd',
      bytes: '0 B',
    });
  });

  test('that bears the name of the build, but holds another image, gets it', () => {
    const named = { ...memory, build: '2', sha256: digestOf('1') };
    expect(planOf(inputs, found, named)).toMatchObject({
      slot: 'e',
      bytes: expect.stringMatching(/^about/) as string,
    });
  });

  test('that bears the name of the build says so when nothing tells what it holds', () => {
    const open = 'content of its running slot, which is read first';
    expect(planOf(inputs, found, { ...memory, build: '2' }).unknown).toContain(open);
    expect(planOf(inputs, found, memory).unknown).not.toContain(open);
  });

  test('of an image without a build name says so', () => {
    expect(planOf(inputs, { ...found, build: '' }, memory).unknown).toMatch(/build of the image/);
    expect(planOf(inputs, { ...found, build: '' }, { ...memory, build: '' }).unknown).toMatch(
      /build of the machine/,
    );
  });

  test('whose other slot holds the build is one reboot', () => {
    const plan = planOf(inputs, found, { ...memory, otherSha256: digestOf('2'), overhead: 33 });
    expect(plan).toMatchObject({ slot: 'e', bytes: '0 B', time: '33s' });
  });

  test('that is left alone says why', () => {
    expect(planOf({ ...inputs, skip: 'excluded' }, found, memory).wave).toBe('canary (excluded)');
  });

  test('goes by what was measured last time, and by the limit before that', () => {
    const full = { ...inputs, policy: resolvePolicy({ transfer: { mode: 'full' } }) };
    expect(planOf(full, found, { ...memory, linkRate: 1e6, overhead: 10 })).toMatchObject({
      bytes: 'about 50 MB',
      time: 'about 1m',
    });
    const limited = { ...inputs, policy: resolvePolicy({ transfer: { mode: 'full', limit: '500kB' } }) };
    expect(planOf(limited, found, { ...memory, linkRate: 1e6, overhead: 10 }).time).toBe('about 1m 50s');
  });

  test('never goes to the slot that runs, unless nothing is to do', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('d', 'e'),
        fc.constantFrom('1', '2'),
        fc.constantFrom(undefined, '1', '2'),
        fc.constantFrom(undefined, '1', '2'),
        (slot, build, held, other) => {
          const [sha256, otherSha256] = [held && digestOf(held), other && digestOf(other)];
          const plan = planOf(inputs, found, { ...memory, slot, build, sha256, otherSha256 });
          // Whatever it is called.
          expect(plan.slot === slot).toBe(held === '2');
        },
      ),
    );
  });
});
