import { describe, expect, test } from 'vitest';
import { parseFigures } from '../../../bench/frame/figure.ts';
import { benchmarksPage, type Shown } from '../../../bench/frame/page.ts';
import { ageOf } from '../../../bench/frame/stale.ts';

const figure = { name: 'a key', value: 12.3456, unit: 'ms', command: 'node bench/x.ts' };

describe('parseFigures', () => {
  test('reads one figure a line', () => {
    expect(parseFigures(`${JSON.stringify(figure)}\n\n${JSON.stringify(figure)}\n`)).toEqual([
      figure,
      figure,
    ]);
  });

  test('refuses a line that is not a figure', () => {
    expect(() => parseFigures('{"name":"x"}')).toThrow('line 1 is not a figure');
    expect(() => parseFigures('{"name":"x","value":null,"unit":"s","command":"c"}')).toThrow('not a figure');
  });

  test('refuses a goal that nobody can judge', () => {
    expect(() => parseFigures(JSON.stringify({ ...figure, goal: 'good' }))).toThrow('the goal "good" is met');
  });
});

describe('benchmarksPage', () => {
  const run = { date: '2026-11-21', machine: '2 x AMD EPYC, 24 GiB', versions: 'Node 24', commit: 'abc' };
  const age = ageOf('abc', []);
  const shown = (benchmark: string, ...runs: Shown['runs']): Shown => ({ benchmark, bench: benchmark, runs });

  test('shows value, baseline, ratio and command, benchmarks by name', () => {
    const baseline = { name: 'Packer|way', value: 100 };
    const held = { ...figure, baseline, ratio: 0.1235, goal: 'at most 0.33' };
    const page = benchmarksPage([
      shown('typing', { ...run, age, figures: [figure] }),
      shown('flash', { ...run, age, figures: [held] }),
    ]);
    expect(page.indexOf('## flash')).toBeLessThan(page.indexOf('## typing'));
    expect(page).toContain(
      '| a key | 12.3 ms | Packer\\|way: 100 ms | 0.123 | at most 0.33: met | `node bench/x.ts` |',
    );
    expect(page).toContain('2026-11-21, 2 x AMD EPYC, 24 GiB, Node 24; commit abc\n');
    expect(page).toContain('## Goals that are not met\n\nNone.\n');
  });

  test('a goal that falls short on one machine is not met, whatever the others reach', () => {
    const typed = (value: number, ratio: number) => ({
      ...{ ...figure, value, ratio },
      goal: 'at least 3 times faster',
    });
    const page = benchmarksPage([
      shown(
        'typing',
        { ...run, age, figures: [typed(29, 3.5)] },
        { ...run, machine: '2 x Intel Xeon, 8 GiB', age, figures: [typed(43.9, 2.3)] },
      ),
    ]);
    expect(page).toContain('at least 3 times faster: met');
    expect(page).toContain('at least 3 times faster: **not met**');
    expect(page).toContain(
      '- typing: a key: at least 3 times faster is the goal, 43.9 ms, ratio 2.3 on 2 x Intel Xeon, 8 GiB',
    );
  });

  test('a figure of an older commit is shown as such', () => {
    const page = benchmarksPage([
      shown('typing', { ...run, age: ageOf('abc', ['console/session.ts']), figures: [figure] }),
    ]);
    expect(page).toContain('**commit abc: stale, since then console/session.ts changed**');
  });
});
