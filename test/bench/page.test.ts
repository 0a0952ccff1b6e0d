import { describe, expect, test } from 'vitest';
import { parseFigures } from '../../bench/figure.ts';
import { benchmarksPage } from '../../bench/page.ts';

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
});

describe('benchmarksPage', () => {
  test('shows value, baseline, ratio and command, benchmarks by name', () => {
    const page = benchmarksPage([
      { benchmark: 'typing', date: '2026-11-21', machine: 'm', figures: [figure] },
      {
        benchmark: 'flash',
        date: '2026-11-21',
        machine: 'm',
        figures: [
          { ...figure, baseline: { name: 'Packer|way', value: 100 }, ratio: 0.1235, goal: 'at most 0.33' },
        ],
      },
    ]);
    expect(page.indexOf('## flash')).toBeLessThan(page.indexOf('## typing'));
    expect(page).toContain(
      '| a key | 12.3 ms | Packer\\|way: 100 ms | 0.123 | at most 0.33 | `node bench/x.ts` |',
    );
  });
});
