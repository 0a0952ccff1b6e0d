import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { choose } from '../../../../components/rollout/slot-upgrade/choose.ts';
import { fitOf } from '../../../../components/rollout/slot-upgrade/fit.ts';
import { planOf } from '../../../../components/rollout/slot-upgrade/plan.ts';
import { resolvePolicy } from '../../../../components/rollout/policy.ts';
import { digestOf, observation } from './observations.ts';

const image = { bytes: 1000, architecture: 'amd64' };

describe('an image and a machine', () => {
  test('that are known to go together have nothing unknown', () => {
    expect(fitOf(image, { architecture: 'amd64', slotBytes: 1000 })).toEqual({ unknown: [] });
    expect(fitOf(image, { architecture: 'x86_64', slotBytes: 1010 })).toEqual({ unknown: [] });
  });

  test.each([
    [{ ...image, architecture: 'i386' }, 'architecture', 'the image is for i386, the machine is amd64'],
    [{ ...image, bytes: 1001 }, 'family', 'the image has 1001 bytes, its slots 1000: another size family'],
    [{ ...image, bytes: 500 }, 'family', 'the image has 500 bytes, its slots 1000: another size family'],
  ])('that differ are refused: %o', (given, reason, detail) => {
    expect(fitOf(given, { architecture: 'amd64', slotBytes: 1000 }).misfit).toEqual({ reason, detail });
  });

  const architecture = fc.constantFrom(undefined, '', 'amd64', 'x86_64', 'i386', 'arm64', 'simulated');
  const bytes = fc.integer({ min: 1, max: 4000 });

  test('are never passed over silently: compared, refused, or named as unknown', () => {
    fc.assert(
      fc.property(
        fc.record({ bytes, architecture }),
        fc.record({ architecture, slotBytes: fc.option(bytes, { nil: undefined }) }),
        (one, machine) => {
          const { misfit, unknown } = fitOf(one, machine);
          const same = (a = '', b = ''): boolean =>
            a.replace('x86_64', 'amd64') === b.replace('x86_64', 'amd64');
          const known = (name = ''): boolean => name !== '' && name !== 'simulated';
          expect(unknown.includes('architecture of the image')).toBe(!known(one.architecture));
          expect(unknown.includes('architecture of the machine')).toBe(!known(machine.architecture));
          expect(unknown.includes('slot size of the machine')).toBe(machine.slotBytes === undefined);
          if (known(one.architecture) && known(machine.architecture))
            expect(misfit?.reason === 'architecture').toBe(!same(one.architecture, machine.architecture));
          if (machine.slotBytes !== undefined && one.bytes > machine.slotBytes) expect(misfit).toBeDefined();
        },
      ),
    );
  });
});

describe('preflight on a machine', () => {
  const wanted = { build: '2', sha256: digestOf('2'), bytes: 1000 };

  test('refuses another architecture with the code of the error', () => {
    expect(choose(observation(), { ...wanted, architecture: 'i386' }, false)).toEqual({
      type: 'refuse',
      reason: 'architecture',
      why: 'BF1708: the image is for i386, the machine is amd64',
    });
  });

  test('refuses another size family with the code of the error', () => {
    expect(choose(observation(), { ...wanted, bytes: 500 }, false)).toMatchObject({
      reason: 'family',
      why: expect.stringMatching(/^BF1709: /) as string,
    });
  });

  test('goes on where nothing is known to differ', () => {
    expect(
      choose(observation({ architecture: 'x86_64' }), { ...wanted, architecture: 'amd64' }, false),
    ).toEqual({
      type: 'transfer',
      slot: 'e',
    });
    expect(choose(observation(), wanted, false)).toMatchObject({ type: 'transfer' });
  });
});

describe('the plan', () => {
  const inputs = { policy: resolvePolicy(), wave: { number: 1, name: 'canary' }, skip: '' };
  const found = { build: '2', sha256: digestOf('2'), sha512: '', bytes: 1000, verified: 'none' };
  const memory = { build: '1', slot: 'd', other: '', linkRate: 0, overhead: 0 };

  test('names what could not be compared', () => {
    expect(planOf(inputs, found, undefined).unknown).toBe(
      'architecture of the image, architecture of the machine, slot size of the machine',
    );
    const known = { ...memory, architecture: 'x86_64', slotBytes: 1000 };
    expect(planOf(inputs, { ...found, architecture: 'amd64' }, known)).not.toHaveProperty('unknown');
  });

  test('says that the machine will refuse an image of another architecture', () => {
    const known = { ...memory, architecture: 'arm64', slotBytes: 1000 };
    expect(planOf(inputs, { ...found, architecture: 'amd64' }, known).refused).toMatch(/^BF1708: /);
  });
});
