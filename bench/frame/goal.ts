import type { Figure } from './figure.ts';

/** What a goal in words asks of a figure. */
type Judge = (figure: Pick<Figure, 'value' | 'unit' | 'ratio'>) => boolean | undefined;

/** The words that goals may use; `N` is a number. A goal without a unit speaks of the ratio. */
const forms: readonly (readonly [RegExp, (n: number, unit: string) => Judge])[] = [
  [/^at most ([\d.]+)(?: (\S+))?$/, (n, unit) => (f) => compare(f, unit, (x) => x <= n)],
  [/^below ([\d.]+)(?: (\S+))?$/, (n, unit) => (f) => compare(f, unit, (x) => x < n)],
  [/^at least ([\d.]+) times faster$/, (n) => (f) => compare(f, '', (x) => x >= n)],
  [/^all of ([\d.]+)$/, (n) => (f) => f.value >= n],
  [/^([\d.]+) of \1$/, (n) => (f) => f.value >= n],
];

/**
 * Whether a figure meets its goal. A goal counts on the machine that the figure was taken on: one that falls short on any
 * machine is not met. Pure.
 *
 * @returns `undefined` when it has none
 * @throws when the goal is in words that nobody can judge, or speaks of a ratio or a unit that the figure has not
 */
export function meetsGoal(figure: Figure): boolean | undefined {
  const { goal } = figure;
  if (goal === undefined) return undefined;
  for (const [form, judge] of forms) {
    const [, number, unit = ''] = form.exec(goal) ?? [];
    if (number === undefined) continue;
    const met = judge(Number(number), unit)(figure);
    if (met === undefined) break;
    return met;
  }
  throw new Error(`${figure.name}: nobody can judge whether the goal "${goal}" is met`);
}

function compare(
  figure: Pick<Figure, 'value' | 'unit' | 'ratio'>,
  unit: string,
  holds: (x: number) => boolean,
): boolean | undefined {
  if (unit !== '') return unit === figure.unit ? holds(figure.value) : undefined;
  return figure.ratio === undefined ? undefined : holds(figure.ratio);
}
