import { loadFleetFile } from '../stacks/load.ts';
import { formatSeconds } from '../components/rollout/duration.ts';
import { alignColumns } from '../components/rollout/wave-gate/table.ts';
import { parseArguments, printJson, printLine, type Command } from './command.ts';
import { planRows, type PlanRow } from './plan-rows.ts';
import { stackFleetFile } from './stack-fleet-file.ts';
import { readStackState } from './stack-state.ts';

/** `bootfleet plan`: the rollout that the next `pulumi up` will do. */
export const command: Command = {
  summary: 'the rollout that the next `pulumi up` will do, without doing it',
  help: `Usage: bootfleet plan [stack] [--file PATH] [--json]

Shows from the fleet file and the stack's state which server of a stack (default: local) is upgraded from which
build to which, in which wave and slot, about how many bytes move and about how long it takes. It reads and verifies
the slot images and asks no cloud and no machine.

Options:
  --file PATH  the fleet file, when it is not stacks/<stack>.fleet.yaml
  --json       an array of { name, wave, action, from, to, slot, bytes, time }

Exit status: 0 also when nothing is to do.

Examples:
  bootfleet plan
  bootfleet plan production --json`,
  async run(argv) {
    const options = { file: { type: 'string' }, json: { type: 'boolean' } } as const;
    const { values, positionals } = parseArguments('plan', argv, options, { atMost: 1 });
    const stack = positionals[0] ?? 'local';
    const fleet = loadFleetFile(stackFleetFile(stack, values.file), stack);
    const rows = await planRows(fleet, stack, await readStackState(stack));
    if (values.json) printJson(rows);
    else printLine(planTable(rows));
    return 0;
  },
};

const columns = ['name', 'wave', 'action', 'from', 'to', 'slot', 'bytes', 'time'] as const;

/** The rows as a table, and what they come to. Pure. */
export function planTable(rows: readonly PlanRow[]): string {
  if (rows.length === 0)
    return 'no rollout: the fleet file has no `rollout` section, or no image has an `fs`';
  const heads = columns.map((column) => column.toUpperCase());
  const table = alignColumns([heads, ...rows.map((row) => columns.map((column) => row[column] || '-'))]);
  const touched = rows.filter(({ action }) => action === 'upgrade' || action === 'switch').length;
  const soaks = new Set(
    rows.filter(({ action }) => action === 'upgrade' || action === 'switch').map(({ wave }) => wave),
  ).size;
  const soak = rows[0]?.soak ?? 0;
  const rest = soaks > 0 && soak > 0 ? `, and ${soaks} times ${formatSeconds(soak)} of soak` : '';
  return `${table}\n${touched} of ${rows.length} servers to upgrade${rest}`;
}
