import { describe, expect, test } from 'vitest';
import { resolvePolicy, type RolloutPolicy } from '../../../components/rollout/policy.ts';

describe('a policy', () => {
  test('has careful defaults', () => {
    expect(resolvePolicy()).toMatchObject({
      waves: [1, '100%'], maxInFlight: 1, maxFailures: 0, maxFailuresTotal: 0, onFailure: 'rollback', allowDowngrade: false,
      lockTimeout: 900, windows: { times: [], outside: 'wait', longest: 43_200 }, transfer: { mode: 'auto', limit: undefined },
    }); // prettier-ignore
  });

  test('allows in all what a wave may have, unless it says otherwise', () => {
    expect(resolvePolicy({ maxFailures: 2 }).maxFailuresTotal).toBe(2);
    expect(resolvePolicy({ maxFailures: 2, maxFailuresTotal: 5 }).maxFailuresTotal).toBe(5);
  });

  test('takes the canary for wave 1', () => {
    expect(resolvePolicy({ upTo: 'canary' }).upTo).toBe(1);
    expect(resolvePolicy({ upTo: 3 }).upTo).toBe(3);
  });

  const wrong: RolloutPolicy[] = [
    { maxInFlight: 0 }, { maxInFlight: 1.5 }, { maxFailures: -1 }, { maxFailuresTotal: -1 }, { upTo: 0 }, { soak: 'soon' },
    { transfer: { limit: '0MB' } }, { deadlines: { boot: 'long' } }, { lockTimeout: '' }, { lockTimeout: '1s' }, { soak: '8d' }, { soak: Number.NaN },
    { maxInFlight: 10_001 }, { deadlines: { boot: 0 } }, { transfer: { limit: Number.POSITIVE_INFINITY } }, { windows: { times: [], longest: 'x' } },
  ]; // prettier-ignore
  test.each(wrong)('that means nothing is refused: %o', (given) => {
    expect(() => resolvePolicy(given)).toThrow(RangeError);
  });
});
