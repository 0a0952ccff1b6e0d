import { sayUnseen } from '../components/unseen.ts';
import { defineCommand } from './command.ts';
import { fleetFileOption, namedFleet } from './fleet-arguments.ts';
import { colours, printJson, printLine } from './output.ts';
import { ownerOf } from './project.ts';
import { type ServerStatus, statusOf } from './server-status.ts';
import { readStackState } from './stack-state.ts';

/** `bootfleet status`: what the machines of a stack run, asked live. */
export const command = defineCommand({
  name: 'status',
  summary: 'what every machine of a stack runs, asked live',
  takes: ['[stack]'],
  about: `Asks the cloud and the machines of a stack (default: local) themselves, several at once, and changes nothing.
  state      what the cloud says: booted, running, off, ...; absent when there is no such server
  build      what /resflash/BUILD on the machine says; unknown when it says nothing, or does not answer
  slot       the root slot that it runs from
  next slot  the root slot that it boots from next
  health     ok, failing (one of the fleet file's health checks, or the proof of a boot from the network),
             unreachable (no SSH), off, absent`,
  options: {
    file: fleetFileOption,
    json: { says: 'an array of { name, cloud, state, build, slot, nextSlot, address, health, unseenSince }' },
  },
  after: 'Exit status: 0 when every machine is ok, 1 when one is not.',
  examples: ['bootfleet status', 'bootfleet status production --json'],
  async run(given) {
    const { stack, fleet } = namedFleet('status', given);
    const rows = await statusOf(fleet, ownerOf(stack), await readStackState(stack));
    if (given.values.json) printJson(rows);
    else for (const line of table(rows, colours())) printLine(line);
    return rows.every(({ health }) => health === 'ok') ? 0 : 1;
  },
});

const columns = ['name', 'cloud', 'state', 'build', 'slot', 'nextSlot', 'address', 'health'] as const;

/** A cell. What a machine runs that does not answer is unknown, and so is a build that names none. */
function shown(row: ServerStatus, column: (typeof columns)[number]): string {
  if (row[column] !== '' || column !== 'build') return row[column] || '-';
  if (row.health === 'unreachable') return sayUnseen(row.unseenSince);
  // What boots from the network, and what is off or gone, runs no build.
  return row.slot === '' ? '-' : 'unknown';
}

/** The rows as lines of a table; an empty value is shown as `-`. Pure. */
export function table(rows: readonly ServerStatus[], coloured: boolean): string[] {
  const heads = columns.map((column) => (column === 'nextSlot' ? 'NEXT SLOT' : column.toUpperCase()));
  const cells = rows.map((row) => columns.map((column) => shown(row, column)));
  const widths = heads.map((head, at) => Math.max(head.length, ...cells.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  const paint = (text: string, health: string): string => {
    if (!coloured) return text;
    return `\u001b[${health === 'ok' ? 32 : 31}m${text}\u001b[0m`;
  };
  return [line(heads), ...cells.map((row, at) => paint(line(row), rows[at]?.health ?? ''))];
}
