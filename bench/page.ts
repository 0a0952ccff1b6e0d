import type { Figure } from './figure.ts';

/** The figures of one benchmark and where they were taken. */
export interface Results {
  readonly benchmark: string;
  /** ISO date of the run. */
  readonly date: string;
  /** Processor count and model, memory, accelerator, versions: what a reader needs to weigh the figures. */
  readonly machine: string;
  readonly figures: readonly Figure[];
}

/** The page `docs/benchmarks.md`, made from all results. Pure, so that its test needs no benchmark. */
export function benchmarksPage(all: readonly Results[]): string {
  const sections = [...all]
    .sort((a, b) => a.benchmark.localeCompare(b.benchmark))
    .map(
      (results) =>
        `## ${results.benchmark}\n\n${results.date}, ${results.machine}\n\n${table(results.figures)}\n`,
    );
  return `# Benchmarks\n\nMeasured, never asserted in tests. A ratio compares two things measured in the same run on the same machine, so it\ntravels better than the times themselves. This page is written by \`npm run bench\`; each table names its command.\n\n${sections.join('\n')}`;
}

function table(figures: readonly Figure[]): string {
  const rows = figures.map((f) => [
    f.name,
    amount(f.value, f.unit),
    f.baseline ? `${f.baseline.name}: ${amount(f.baseline.value, f.unit)}` : '',
    f.ratio === undefined ? '' : round(f.ratio),
    f.goal ?? '',
    `\`${f.command}\``,
  ]);
  const head = ['figure', 'value', 'held against', 'ratio', 'goal', 'command'];
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map(escape).join(' | ')} |`)
    .join('\n');
}

const escape = (cell: string): string => cell.replaceAll('|', '\\|').replaceAll('\n', ' ');
const amount = (value: number, unit: string): string => `${round(value)} ${unit}`;
/** Three significant digits, but whole numbers stay whole. */
const round = (value: number): string =>
  Number.isInteger(value) ? value.toLocaleString('en') : String(Number(value.toPrecision(3)));
