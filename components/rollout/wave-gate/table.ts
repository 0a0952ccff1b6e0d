import { briefReason } from '../slot-upgrade/brief-reason.ts';
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

/**
 * Machines that did not succeed, the number of the others, and where to read more. Example: see docs/rollout.md.
 *
 * @param more machines that succeeded and are not among the rows.
 */
export function gateTable(rows: readonly GateRow[], more = 0): string {
  const bad = rows.filter(({ outcome }) => !isSuccess(outcome));
  const lines = bad.map((row) => [
    row.machine,
    row.wave,
    row.outcome,
    briefReason(row.machine, row.why),
    advice[row.outcome],
  ]);
  const rest = rows.length - bad.length + more;
  const table = alignColumns([['machine', 'wave', 'outcome', 'why', 'what to do'], ...lines]);
  const others = rest === 0 ? [] : [`${rest} other${rest === 1 ? '' : 's'} succeeded`];
  const transcripts = bad.flatMap(({ machine, transcript }) =>
    transcript === '' ? [] : [`console of ${machine}: ${transcript}`],
  );
  return [table, ...others, ...transcripts].join('\n');
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
