import { resolveEndpoints } from '../clouds/scaleway/endpoints.ts';
import { inventory } from '../clouds/scaleway/inventory.ts';
import { loadFleetFile } from '../stacks/load.ts';
import { stackFleetFile } from './stack-fleet-file.ts';
import { parseArguments, printJson, printLine, type Command } from './command.ts';
import { findLeaks } from './find-leaks.ts';
import { fleetObjects } from './fleet-objects.ts';
import { readStackState } from './stack-state.ts';
import { strayProcesses } from './stray-processes.ts';

/** `bootfleet leaks`: what the cloud holds of a fleet and Pulumi does not know of. */
export const command: Command = {
  summary: 'what the cloud holds of a fleet that Pulumi does not know of',
  help: `Usage: bootfleet leaks [stack] [--file PATH] [--json]

Asks the cloud for every server, volume, address, security group and object that belongs to the fleet of a
stack (default: local), and shows those that the stack's state does not hold. With the embedded cloud also
machines' processes without a server. Changes nothing.

Options:
  --file PATH  the fleet file, when it is not stacks/<stack>.fleet.yaml
  --json       an array of { kind, id, name, why }

Exit status: 0 when nothing leaks, 1 when something does.

Examples:
  bootfleet leaks
  bootfleet leaks production --json`,
  async run(argv) {
    const { values, positionals } = parseArguments(
      'leaks',
      argv,
      { file: { type: 'string' }, json: { type: 'boolean' } },
      { atMost: 1 },
    );
    const stack = positionals[0] ?? 'local';
    const { cloud, fleet } = loadFleetFile(stackFleetFile(stack, values.file), stack);
    const endpoints = await resolveEndpoints(cloud);
    const [items, objects, state] = await Promise.all([
      inventory(endpoints, cloud.zone),
      fleetObjects(cloud, fleet, stack),
      readStackState(stack),
    ]);
    const processes = endpoints.local ? await strayProcesses(items) : [];
    const leaks = [...findLeaks(fleet, items, objects, state), ...processes];
    if (values.json) printJson(leaks);
    else if (leaks.length === 0)
      printLine(`No leaks: the cloud holds nothing of fleet ${fleet} that the stack ${stack} does not.`);
    else
      for (const { kind, id, name, why } of leaks)
        printLine(`${kind} ${id}${name === id ? '' : ` (${name})`}: ${why}`);
    return leaks.length === 0 ? 0 : 1;
  },
};
