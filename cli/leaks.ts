import { resolveEndpoints } from '../clouds/scaleway/endpoints.ts';
import { type CloudItem, inventory } from '../clouds/scaleway/inventory.ts';
import type { StateResource } from '../components/stack-resources.ts';
import { lockElsewhere } from '../errors/state.ts';
import type { FleetFile } from '../stacks/fleet-file.ts';
import { defineCommand } from './command.ts';
import { findLeaks, type Leak } from './find-leaks.ts';
import { fleetFileOption, namedFleet } from './fleet-arguments.ts';
import { fleetObjects } from './fleet-objects.ts';
import { printJson, printLine } from './output.ts';
import { ownerOf } from './project.ts';
import { type LeaksOf, removeLeaks } from './remove-leaks.ts';
import { stackFiles } from './repair/stack-files.ts';
import { whileLocked } from './repair/stack-lock.ts';
import type { StackName } from './stack-name.ts';
import { ownerTag } from './stack-servers.ts';
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

What an update that failed or was killed has left over is removed by the next pulumi up. Where there will be none, or where
the cloud did not answer when it should have been marked, it looks the same as what you took out of the state in order to keep
it; therefore no pulumi up removes it. Look at the list first, then: --remove. It removes what carries the tags of this very
stack and is attached to nothing, and servers that are off and were never installed; it ends unfinished uploads. It holds the
stack's lock meanwhile, and removes nothing while a command of Pulumi holds it, where the state is kept in no files
(PULUMI_BACKEND_URL), or when an empty state looks lost.`,
  options: {
    file: fleetFileOption,
    remove: { says: "removes what can be nobody else's; what is left is shown" },
    json: { says: 'an array of { kind, id, name, why }; with --remove of what is left' },
  },
  after: 'Exit status: 0 when nothing leaks (any more), 1 when something does.',
  examples: ['bootfleet leaks', 'bootfleet leaks --remove', 'bootfleet leaks production --json'],
  async run(given) {
    const { stack, fleet: file } = namedFleet('leaks', given);
    const { remove, json } = given.values;
    const { found, gone } = remove ? await removed(stack, file) : await looked(stack, file);
    const leaks = found.filter(({ id }) => !gone.has(id));
    if (!json)
      for (const { kind, id, name } of found)
        if (gone.has(id)) printLine(`removed: ${kind} ${id}${name === id ? '' : ` (${name})`}`);
    if (json) printJson(leaks);
    else if (leaks.length === 0)
      printLine(
        `No leaks: the cloud holds nothing of fleet ${file.fleet} that the stack ${stack.given} does not.`,
      );
    else
      for (const { kind, id, name, why } of leaks)
        printLine(`${kind} ${id}${name === id ? '' : ` (${name})`}: ${why}`);
    return leaks.length === 0 ? 0 : 1;
  },
});

/** What leaks, and what of it is gone. */
interface Outcome {
  readonly found: readonly Leak[];
  readonly gone: ReadonlySet<string>;
}

/** Looks and removes while no command of Pulumi can work on the stack: what leaks at one moment may be recorded at the next. */
async function removed(stack: StackName, file: FleetFile): Promise<Outcome> {
  const files = stackFiles(stack, lockElsewhere);
  return await whileLocked(stack.given, files.locks, async () => {
    const { found, items, state, whose } = await look(stack, file);
    const known = { stack: stack.given, resources: state.length, history: files.history };
    return { found, gone: await removeLeaks(found, items, whose, known) };
  });
}

async function looked(stack: StackName, file: FleetFile): Promise<Outcome> {
  return { found: (await look(stack, file)).found, gone: new Set() };
}

async function look(
  stack: StackName,
  { cloud, fleet }: FleetFile,
): Promise<{
  readonly found: readonly Leak[];
  readonly items: readonly CloudItem[];
  readonly state: readonly StateResource[];
  readonly whose: LeaksOf;
}> {
  const owner = ownerOf(stack);
  const endpoints = await resolveEndpoints(cloud);
  const state = await readStackState(stack);
  const [items, buckets] = await Promise.all([
    inventory(endpoints, cloud.zone),
    fleetObjects(cloud, { ...owner, fleet }, state),
  ]);
  const processes = endpoints.local ? await strayProcesses(items) : [];
  const found = [...findLeaks(fleet, ownerTag(fleet, owner), items, buckets, state), ...processes];
  return { found, items, state, whose: { cloud, endpoints, fleet, owner } };
}
