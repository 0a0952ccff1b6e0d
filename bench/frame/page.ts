import type { Figure } from './figure.ts';
import { meetsGoal } from './goal.ts';
import type { Results, Run } from './results.ts';
import type { Age } from './stale.ts';

/** A benchmark's results as the page shows them: each run with how it stands to the code. */
export interface Shown extends Results {
  readonly runs: readonly (Run & { readonly age: Age })[];
}

const intro = `# Benchmarks

Measured, never asserted in tests. A ratio compares two things measured in the same run on the same machine, so it
travels better than the times themselves. A goal counts on each machine that has a figure: one that falls short on any
machine is not met. A figure that was taken before the last change of what it measures is stale.

This page is written by \`npm run bench\`; each table names its command. \`node bench/run.ts stale\` lists what has to be
measured again.
`;

/** The page `docs/benchmarks.md`, made from all results. Pure, so that its test needs no benchmark. */
export function benchmarksPage(all: readonly Shown[]): string {
  const sections = [...all]
    .sort((a, b) => a.benchmark.localeCompare(b.benchmark))
    .map(({ benchmark, runs }) => `## ${benchmark}\n\n${runs.map(section).join('\n')}`);
  return `${intro}\n${fallenShort(all)}\n${sections.join('\n')}`;
}

function section({ date, machine, versions, age, figures }: Shown['runs'][number]): string {
  const stand = age.stale ? `**${age.text}**` : age.text;
  return `${[date, machine, versions].filter((part) => part !== '').join(', ')}; ${stand}\n\n${table(figures)}\n`;
}

/** The goals that are not met, with the machine on which they fall short. */
function fallenShort(all: readonly Shown[]): string {
  const lines = all.flatMap(({ benchmark, runs }) =>
    runs.flatMap(({ machine, figures }) =>
      figures
        .filter((figure) => meetsGoal(figure) === false)
        .map(({ name, value, unit, ratio, goal = '' }) => {
          const found =
            ratio === undefined ? amount(value, unit) : `${amount(value, unit)}, ratio ${round(ratio)}`;
          return `- ${benchmark}: ${name}: ${goal} is the goal, ${found} on ${machine}`;
        }),
    ),
  );
  return `## Goals that are not met\n\n${lines.length === 0 ? 'None.' : lines.join('\n')}\n`;
}

function table(figures: readonly Figure[]): string {
  const rows = figures.map((f) => [
    f.name,
    amount(f.value, f.unit),
    f.baseline ? `${f.baseline.name}: ${amount(f.baseline.value, f.unit)}` : '',
    f.ratio === undefined ? '' : round(f.ratio),
    goal(f),
    `\`${f.command}\``,
  ]);
  const head = ['figure', 'value', 'held against', 'ratio', 'goal', 'command'];
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map(escape).join(' | ')} |`)
    .join('\n');
}

function goal(figure: Figure): string {
  const met = meetsGoal(figure);
  if (met === undefined) return '';
  return `${figure.goal ?? ''}: ${met ? 'met' : '**not met**'}`;
}

const escape = (cell: string): string => cell.replaceAll('|', '\\|').replaceAll('\n', ' ');
const amount = (value: number, unit: string): string => `${round(value)} ${unit}`;
/** Three significant digits, but whole numbers stay whole. */
const round = (value: number): string =>
  Number.isInteger(value) ? value.toLocaleString('en') : String(Number(value.toPrecision(3)));
