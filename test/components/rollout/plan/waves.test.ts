import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { divideIntoWaves, planWaves, type WavePolicy } from '../../../../components/rollout/plan/waves.ts';

const names = (n: number): string[] => Array.from({ length: n }, (_, i) => `s${i + 1}`);
const policy = (waves: WavePolicy['waves'], more: Partial<WavePolicy> = {}): WavePolicy => ({
  waves,
  exclude: [],
  upTo: undefined,
  ...more,
});
const plan = (n: number, p: WavePolicy): (readonly string[])[] =>
  planWaves(names(n), p).waves.map(({ servers }) => servers);

describe('planning waves', () => {
  test('counts add, percentages reach', () => {
    expect(plan(10, policy([1, '50%', '100%'])).map((w) => w.length)).toEqual([1, 4, 5]);
    expect(plan(10, policy([1, 2, '100%'])).map((w) => w.length)).toEqual([1, 2, 7]);
    expect(plan(3, policy([1, '50%', '100%'])).map((w) => w.length)).toEqual([1, 1, 1]);
    expect(plan(1, policy([1, '50%', '100%'])).map((w) => w.length)).toEqual([1]);
    expect(
      plan(1000, policy(Array.from({ length: 10 }, (_, i) => `${(i + 1) * 10}%`))).map((w) => w.length),
    ).toEqual(Array(10).fill(100));
  });

  test('a server that is listed for a later wave is not taken by an earlier count', () => {
    expect(plan(4, policy([2, ['s1'], '100%']))).toEqual([['s2', 's3'], ['s1'], ['s4']]);
  });

  test('excluded servers are in no wave, paused waves are marked, the first is the canary', () => {
    const { waves, excluded } = planWaves(names(4), policy([1, '100%'], { exclude: ['s1'], upTo: 1 }));
    expect(excluded).toEqual(['s1']);
    expect(waves.map(({ name, servers, paused }) => [name, servers, paused])).toEqual([
      ['canary', ['s2'], false],
      ['wave 2 of 2', ['s3', 's4'], true],
    ]);
  });

  test.each([
    [[0], /not a wave/],
    [['150%'], /not a wave/],
    [['half'], /not a wave/],
    [[['nobody']], /no server/],
    [['007%'], /not a wave/],
    [['12.5%'], /not a wave/],
    [[1.5, '100%'], /not a wave/],
    [[['s1'], ['s1', 's2']], /two waves/],
    [[['s1', 's1'], '100%'], /two waves/],
    [[1], /no wave reaches s2/],
    [['50%', '25%'], /the wave 25% comes after one of 50%/],
    [['50%', '50%', '100%'], /the wave 50% comes after one of 50%/],
    [['100%', 1], /the wave 1 comes after one of 100%/],
    // Both servers are taken by the list before the count gets its turn.
    [[1, ['s1', 's2']], /no canary/],
  ])('refuses %j', (waves, message) => {
    expect(() => planWaves(names(2), policy(waves as never))).toThrow(message);
  });

  test('a canary that is excluded is missed: the next wave would take its place', () => {
    expect(() => planWaves(names(3), policy([['s1'], '100%'], { exclude: ['s1'] }))).toThrow(/no canary/);
    expect(planWaves(names(3), policy([1, '100%'], { exclude: names(3) })).waves).toEqual([]);
  });

  test('says all that is wrong, each at its place', () => {
    const wrong = policy([['s1', 'x'], '50%', ['s1'], '50%', 0], { exclude: ['y'], upTo: 6 });
    const result = divideIntoWaves(names(3), wrong);
    expect('problems' in result && result.problems.map(({ kind, path }) => [kind, path.join('.')])).toEqual([
      ['unknown', 'waves.0.1'],
      ['twice', 'waves.2.0'],
      ['unknown', 'exclude.0'],
      ['passed', 'waves.3'],
      ['form', 'waves.4'],
      ['upTo', 'upTo'],
    ]);
  });

  test('the number of a wave is its place in the policy, also where a small fleet leaves one empty', () => {
    const { waves } = planWaves(names(2), policy([1, '50%', '100%'], { upTo: 2 }));
    expect(waves.map(({ number, name, servers, paused }) => [number, name, servers, paused])).toEqual([
      [1, 'canary', ['s1'], false],
      [3, 'wave 3 of 3', ['s2'], true],
    ]);
  });

  test('every server that is not excluded is in exactly one wave, and no wave is empty', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 60 }),
        fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 3 }),
        fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 5 }),
        fc.array(fc.nat({ max: 59 })),
        fc.array(fc.nat({ max: 59 })),
        (n, counts, percents, out, list) => {
          const servers = names(n);
          const some = (of: number[]): string[] =>
            [...new Set(of)].filter((i) => i < n).map((i) => `s${i + 1}`);
          const [exclude, listed] = [some(out), some(list)];
          const rising = percents.sort((a, b) => a - b).map((percent) => `${percent}%`);
          const result = divideIntoWaves(
            servers,
            policy([...counts, ...rising, listed, '100%'], { exclude }),
          );
          if ('problems' in result) {
            expect(result.problems.map(({ kind }) => kind)).toEqual(['no-canary']);
            return;
          }
          const { waves } = result.plan;
          expect(waves.flatMap((w) => w.servers).sort()).toEqual(
            servers.filter((s) => !exclude.includes(s)).sort(),
          );
          for (const w of waves) expect(w.servers.length).toBeGreaterThan(0);
        },
      ),
    );
  });
});
