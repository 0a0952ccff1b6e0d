import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planWaves, type WavePolicy } from '../../../../components/rollout/plan/waves.ts';

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
  test('counts add, percentages reach, machines left over form a last wave', () => {
    expect(plan(10, policy([1, '50%', '100%'])).map((w) => w.length)).toEqual([1, 4, 5]);
    expect(plan(10, policy([1, 2])).map((w) => w.length)).toEqual([1, 2, 7]);
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
    [[['s1'], ['s1']], /two waves/],
  ])('refuses %j', (waves, message) => {
    expect(() => planWaves(names(2), policy(waves as never))).toThrow(message);
  });

  test('every server that is not excluded is in exactly one wave, and no wave is empty', () => {
    const size = fc.oneof(
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 100 }).map((p) => `${p}%`),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 60 }),
        fc.array(size, { maxLength: 6 }),
        fc.array(fc.nat({ max: 59 })),
        fc.array(fc.nat({ max: 59 })),
        (n, sizes, out, list) => {
          const servers = names(n);
          const exclude = [...new Set(out)].filter((i) => i < n).map((i) => `s${i + 1}`);
          const listed = [...new Set(list)].filter((i) => i < n).map((i) => `s${i + 1}`);
          const { waves } = planWaves(servers, policy([...sizes, listed], { exclude }));
          expect(waves.flatMap((w) => w.servers).sort()).toEqual(
            servers.filter((s) => !exclude.includes(s)).sort(),
          );
          for (const w of waves) expect(w.servers.length).toBeGreaterThan(0);
        },
      ),
    );
  });
});
