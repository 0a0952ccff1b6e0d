import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resolvePolicy } from '../../../components/rollout/policy.ts';
import { policyOf, storedPolicy, upgradePolicy } from '../../../components/rollout/upgrade-policy.ts';

test('nothing is stored of a policy that is as by default', () => {
  expect(storedPolicy(upgradePolicy(resolvePolicy({ waves: [3], soak: 5 })))).toBeUndefined();
});

test('what differs is stored, down to one deadline', () => {
  const policy = upgradePolicy(resolvePolicy({ maxInFlight: 5, deadlines: { boot: '10m' } }));
  expect(storedPolicy(policy)).toEqual({ maxInFlight: 5, deadlines: { boot: 600 } });
});

test('any policy is what it was after it was stored, and so is one that was stored whole', () => {
  const given = fc.record(
    {
      maxInFlight: fc.integer({ min: 1, max: 9 }),
      maxFailures: fc.nat({ max: 3 }),
      maxFailuresTotal: fc.nat({ max: 3 }),
      health: fc.array(fc.record({ tcp: fc.record({ port: fc.nat({ max: 65535 }) }), retries: fc.nat() })),
      onFailure: fc.constantFrom('rollback' as const, 'hold' as const),
      windows: fc.record({
        times: fc.subarray(['Mon 02:00-04:00', 'Sun 00:00-06:00']),
        outside: fc.constantFrom('wait' as const, 'fail' as const),
      }),
      transfer: fc.record(
        { mode: fc.constantFrom('auto' as const, 'delta' as const), limit: fc.integer({ min: 1000 }) },
        { requiredKeys: [] },
      ),
      allowDowngrade: fc.boolean(),
      deadlines: fc.record(
        { boot: fc.integer({ min: 1, max: 9999 }), health: fc.integer({ min: 1, max: 9999 }) },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(given, (rollout) => {
      const policy = upgradePolicy(resolvePolicy(rollout));
      const throughPulumi = JSON.parse(JSON.stringify(storedPolicy(policy) ?? {})) as object;
      expect(policyOf(throughPulumi)).toEqual(policy);
      expect(policyOf(policy)).toEqual(policy);
    }),
  );
});
