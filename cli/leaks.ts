import { resolveEndpoints } from '../clouds/scaleway/endpoints.ts';
import { inventory } from '../clouds/scaleway/inventory.ts';
import { defineCommand } from './command.ts';
import { findLeaks } from './find-leaks.ts';
import { fleetFileOption, namedFleet } from './fleet-arguments.ts';
import { fleetObjects } from './fleet-objects.ts';
import { printJson, printLine } from './output.ts';
import { ownerOf } from './project.ts';
import { ownerTag } from './stack-servers.ts';
import { removeLeaks } from './remove-leaks.ts';
import { readStackState } from './stack-state.ts';
import { strayProcesses } from './stray-processes.ts';

/** `bootfleet leaks`: what the cloud holds of a fleet and Pulumi does not know of. */
export const command = defineCommand({
  name: 'leaks',
  summary: 'what the cloud holds of a fleet that Pulumi does not know of',
  takes: ['[stack]'],
  about: `Asks the cloud for every server, volume, address, security group, object and unfinished upload that belongs to
the fleet of a stack (default: local), and shows those that the stack's state does not hold. With the embedded cloud also
machines' processes without a server. Changes nothing without --remove.

An address, a disk or a security group leaks when the cloud's answer to its creation was lost: nobody knows its id then. It
looks the same as one that you took out of the state in order to keep it; therefore no pulumi up removes it. Look at the list
first, then: --remove. It removes what carries the tags of this very stack and is attached to nothing, and servers that are
off and were never installed; it ends unfinished uploads. While a command of Pulumi works on the stack nothing is removed.`,
  options: {
    file: fleetFileOption,
    remove: { says: "removes what can be nobody else's; what is left is shown" },
    json: { says: 'an array of { kind, id, name, why }; with --remove of what is left' },
  },
  after: 'Exit status: 0 when nothing leaks (any more), 1 when something does.',
  examples: ['bootfleet leaks', 'bootfleet leaks --remove', 'bootfleet leaks production --json'],
  async run(given) {
    const {
      stack,
      fleet: { cloud, fleet },
    } = namedFleet('leaks', given);
    const owner = ownerOf(stack);
    const [endpoints, state] = await Promise.all([resolveEndpoints(cloud), readStackState(stack)]);
    const [items, buckets] = await Promise.all([
      inventory(endpoints, cloud.zone),
      fleetObjects(cloud, { ...owner, fleet }, state),
    ]);
    const processes = endpoints.local ? await strayProcesses(items) : [];
    const found = [...findLeaks(fleet, ownerTag(fleet, owner), items, buckets, state), ...processes];
    const gone = given.values.remove
      ? await removeLeaks(found, items, { cloud, endpoints, fleet, stack })
      : new Set<string>();
    const leaks = found.filter(({ id }) => !gone.has(id));
    if (!given.values.json)
      for (const { kind, id, name } of found)
        if (gone.has(id)) printLine(`removed: ${kind} ${id}${name === id ? '' : ` (${name})`}`);
    if (given.values.json) printJson(leaks);
    else if (leaks.length === 0)
      printLine(`No leaks: the cloud holds nothing of fleet ${fleet} that the stack ${stack} does not.`);
    else
      for (const { kind, id, name, why } of leaks)
        printLine(`${kind} ${id}${name === id ? '' : ` (${name})`}: ${why}`);
    return leaks.length === 0 ? 0 : 1;
  },
});
