import { isSuccess, type Outcome } from '../slot-upgrade/outcome.ts';
import type { Verdict } from './decision.ts';

/** One row of a gate's table. */
export interface GateRow extends Verdict {
  readonly wave: string;
  readonly transcript: string;
}

const advice: Readonly<Record<Outcome, string>> = {
  upgraded: '',
  switched: '',
  unchanged: '',
  'rolled-back': 'mend the build, then pulumi up',
  held: 'look at it (bootfleet console), then pulumi up',
  failed: 'remove the cause, then pulumi up',
  'not-started': 'pulumi up once the others are well',
  stuck: 'NO SLOT BOOTS: bootfleet console, or reinstall it',
};

/** Machines that did not succeed first, then the number of the others. Example: see docs/rollout.md. */
export function gateTable(rows: readonly GateRow[]): string {
  const bad = rows.filter(({ outcome }) => !isSuccess(outcome));
  const lines = bad.map(({ machine, wave, outcome, why, transcript }) => [
    machine,
    wave,
    outcome,
    `${why.replaceAll(/\s*\n\s*/g, ' ')}${transcript === '' ? '' : ` (${transcript})`}`,
    advice[outcome],
  ]);
  const rest = rows.length - bad.length;
  const table = alignColumns([['machine', 'wave', 'outcome', 'why', 'what to do'], ...lines]);
  return rest === 0 ? table : `${table}\n${rest} other${rest === 1 ? '' : 's'} succeeded`;
}

/** Columns of equal width, two spaces apart; a cell is cut at 100 characters. */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const cut = rows.map((row) => row.map((cell) => (cell.length > 100 ? `${cell.slice(0, 99)}…` : cell)));
  const widths = (cut[0] ?? []).map((_, i) => Math.max(...cut.map((row) => (row[i] ?? '').length)));
  return cut
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
