import { formatSeconds } from '../components/rollout/duration.ts';
import { alignColumns } from '../components/rollout/wave-gate/table.ts';
import { defineCommand } from './command.ts';
import { fleetFileOption, namedFleet } from './fleet-arguments.ts';
import { printJson, printLine } from './output.ts';
import { planRows, type PlanRow } from './plan-rows.ts';
import { readStackState } from './stack-state.ts';

/** `bootfleet plan`: the rollout that the next `pulumi up` will do. */
export const command = defineCommand({
  name: 'plan',
  summary: 'the rollout that the next `pulumi up` will do, without doing it',
  takes: ['[stack]'],
  about: `Shows from the fleet file and the stack's state which server of a stack (default: local) is upgraded from which
build to which, in which wave and slot, about how many bytes move and about how long it takes. It reads and verifies
the slot images and asks no cloud and no machine.`,
  options: {
    file: fleetFileOption,
    json: { says: 'an array of { name, wave, action, from, to, slot, bytes, time }' },
  },
  after: 'Exit status: 0 also when nothing is to do.',
  examples: ['bootfleet plan', 'bootfleet plan production --json'],
  async run(given) {
    const { stack, fleet } = namedFleet(given);
    const rows = await planRows(fleet, stack, await readStackState(stack));
    if (given.values.json) printJson(rows);
    else printLine(planTable(rows));
    return 0;
  },
});

const columns = ['name', 'wave', 'action', 'from', 'to', 'slot', 'bytes', 'time'] as const;

/** The rows as a table, and what they come to. Pure. */
export function planTable(rows: readonly PlanRow[]): string {
  if (rows.length === 0)
    return 'no rollout: the fleet file has no `rollout` section, or no image has an `fs`';
  const heads = columns.map((column) => column.toUpperCase());
  const table = alignColumns([heads, ...rows.map((row) => columns.map((column) => row[column] || '-'))]);
  const touched = rows.filter(({ action }) => ['upgrade', 'switch', 'retry'].includes(action));
  const soaks = new Set(touched.map(({ wave }) => wave)).size;
  const soak = rows[0]?.soak ?? 0;
  const rest = soaks > 0 && soak > 0 ? `, and ${soaks} times ${formatSeconds(soak)} of soak` : '';
  const sum = `${touched.length} of ${rows.length} servers to upgrade${rest}`;
  return [table, sum, ...remarks(rows)].join('\n');
}

/** What is refused, and what of the machines to be touched could not be compared yet: one line for each text. */
function remarks(rows: readonly PlanRow[]): string[] {
  const byText = new Map<string, string[]>();
  for (const { name, action, refused, unknown } of rows) {
    if (action === 'none' || action === 'left alone' || action === 'install') continue;
    const text =
      refused !== '' ? refused : unknown === '' ? '' : `not compared yet, because unknown: ${unknown}`;
    if (text !== '') byText.set(text, [...(byText.get(text) ?? []), name]);
  }
  return [...byText].map(([text, names]) => {
    const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
    return `${names.slice(0, 3).join(', ')}${more}: ${text}`;
  });
}
