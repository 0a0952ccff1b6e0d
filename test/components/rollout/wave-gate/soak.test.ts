import { describe, expect, test } from 'vitest';
import { soak, type SoakOptions } from '../../../../components/rollout/wave-gate/soak.ts';

const options = (change: Partial<SoakOptions>): SoakOptions => ({
  machines: ['a', 'b'],
  length: 0.05,
  check: () => Promise.resolve(),
  signal: new AbortController().signal,
  onProgress: () => undefined,
  ...change,
});

describe('a soak', () => {
  test('looks at every machine at its beginning and again at its end', async () => {
    const looks: string[] = [];
    const lasts: boolean[] = [];
    const begun = performance.now();
    const check = (name: string, last: boolean): Promise<void> => {
      looks.push(name);
      lasts.push(last);
      return Promise.resolve();
    };
    expect(await soak(options({ check }))).toEqual(new Map());
    expect(performance.now() - begun).toBeGreaterThanOrEqual(49);
    expect(looks.length).toBeGreaterThanOrEqual(4);
    expect(looks).toEqual(looks.map((_, i) => (i % 2 === 0 ? 'a' : 'b')));
    expect(looks.length % 2).toBe(0);
    expect(lasts).toEqual(looks.map((_, i) => i >= looks.length - 2));
  });

  test('finds a machine that turns sick later, and ends at once', async () => {
    let looks = 0;
    const check = (name: string): Promise<void> => {
      if (name === 'b' && ++looks > 1) return Promise.reject(new Error('status 503'));
      return Promise.resolve();
    };
    expect(await soak(options({ check }))).toEqual(new Map([['b', 'status 503']]));
    const begun = performance.now();
    const sick = await soak(options({ length: 100, check: () => Promise.reject(new Error('down')) }));
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect([...sick.keys()]).toEqual(['a', 'b']);
  });

  test('looks at no more than twenty at once, and at all', async () => {
    let now = 0;
    let most = 0;
    const seen = new Set<string>();
    const machines = Array.from({ length: 100 }, (_, i) => `m-${i}`);
    const check = async (name: string): Promise<void> => {
      most = Math.max(most, ++now);
      seen.add(name);
      await Promise.resolve();
      now -= 1;
    };
    await soak(options({ machines, length: 0, check }));
    expect(most).toBe(20);
    expect(seen.size).toBe(100);
  });

  test('that is interrupted ends after the look that was begun', async () => {
    const stop = new AbortController();
    const check = (): Promise<void> => {
      stop.abort();
      return Promise.resolve();
    };
    const begun = performance.now();
    expect(await soak(options({ length: 100, check, signal: stop.signal }))).toEqual(new Map());
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  test('tells how much is left', async () => {
    const left: number[] = [];
    const told = { onProgress: (seconds: number): unknown => left.push(seconds) };
    await soak(options({ ...told, length: 100, check: () => Promise.reject(new Error('down')) }));
    expect(left).toHaveLength(1);
    expect(left[0]).toBeGreaterThan(90);
    await soak(options(told));
    expect(left[1]).toBeLessThanOrEqual(0.05);
    expect(left.at(-1)).toBe(0);
  });
});
