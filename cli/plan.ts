import { formatSeconds } from '../components/rollout/duration.ts';
import { alignColumns } from '../components/rollout/wave-gate/table.ts';
import { defineCommand } from './command.ts';
import { fleetFileOption, namedFleet } from './fleet-arguments.ts';
import { printJson, printLine } from './output.ts';
import { planRows, type PlanRow } from './plan-rows.ts';
import { readStackState } from './stack-state.ts';

/** `bootfleet plan`: what the next `pulumi up` will do to each machine. */
export const command = defineCommand({
  name: 'plan',
  summary: 'what the next `pulumi up` will do to each machine, without doing it',
  takes: ['[stack]'],
  about: `Shows from the fleet file and the stack's state which server of a stack (default: local) is made, replaced, written
again or removed, with the data that is lost, and which is upgraded from which build to which, in which wave and slot,
about how many bytes move and about how long it takes. It reads and verifies the slot images and asks no cloud and no
machine: what the last look did not see is unknown.`,
  options: {
    file: fleetFileOption,
    json: {
      says: 'an array of { name, wave, action, from, to, slot, bytes, time, losesData, why, then, refused, unknown }',
    },
  },
  after: 'Exit status: 0 also when nothing is to do.',
  examples: ['bootfleet plan', 'bootfleet plan production --json'],
  async run(given) {
    const { stack, fleet } = namedFleet('plan', given);
    const rows = await planRows(fleet, stack, await readStackState(stack));
    if (given.values.json) printJson(rows);
    else printLine(planTable(rows));
    return 0;
  },
});

const columns = ['name', 'wave', 'action', 'from', 'to', 'slot', 'bytes', 'time'] as const;

/** The rows as a table, and what they come to. Pure. */
export function planTable(rows: readonly PlanRow[]): string {
  if (rows.length === 0) return 'no servers: neither the fleet file nor the state names one';
  const heads = columns.map((column) => column.toUpperCase());
  const table = alignColumns([heads, ...rows.map((row) => columns.map((column) => row[column] || '-'))]);
  const touched = rows.filter(({ action }) => ['upgrade', 'switch', 'retry'].includes(action));
  const soaks = new Set(touched.map(({ wave }) => wave)).size;
  const soak = rows[0]?.soak ?? 0;
  const rest = soaks > 0 && soak > 0 ? `, and ${soaks} times ${formatSeconds(soak)} of soak` : '';
  const open = rows.filter(({ action }) => action === 'unknown').length;
  const sum = `${touched.length} of ${rows.length} servers to upgrade${open > 0 ? `, ${open} unknown` : ''}${rest}`;
  return [table, sum, ...losses(rows), ...remarks(rows)].join('\n');
}

/** Who loses what its disk holds: one line a machine. */
function losses(rows: readonly PlanRow[]): string[] {
  const lost = rows.filter(({ losesData }) => losesData);
  if (lost.length === 0) return [];
  const many =
    lost.length === 1
      ? '1 machine loses the data on its disk'
      : `${lost.length} machines lose the data on their disks`;
  return [`${many}, at once and not in waves:`, ...lost.map(({ name, why }) => `  ${name}: ${why}`)];
}

/** What else there is to say of machines, what is refused, and what of the machines to be touched could not be compared yet: one line for each text. */
function remarks(rows: readonly PlanRow[]): string[] {
  const byText = new Map<string, string[]>();
  for (const { name, action, refused, unknown, why, then, losesData } of rows) {
    const moved = ['upgrade', 'switch', 'retry', 'refused', 'unknown'].includes(action);
    const open = unknown === '' ? '' : `not compared yet, because unknown: ${unknown}`;
    const texts = [losesData ? '' : why, then, moved ? refused || open : ''].filter((text) => text !== '');
    for (const text of texts) byText.set(text, [...(byText.get(text) ?? []), name]);
  }
  return [...byText].map(([text, names]) => {
    const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
    return `${names.slice(0, 3).join(', ')}${more}: ${text}`;
  });
}
