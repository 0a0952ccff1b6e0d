import { readFile, rm } from 'node:fs/promises';
import { endLeftProcesses, leftProcesses } from '../components/left-by-engine.ts';
import { resolveEndpoints } from '../clouds/scaleway/endpoints.ts';
import { inventory } from '../clouds/scaleway/inventory.ts';
import { ownTags } from '../components/fleet/naming.ts';
import { BootfleetError } from '../errors/error.ts';
import { stateElsewhere } from '../errors/state.ts';
import { backendUrl } from '../scripts/setup/pulumi/backend.ts';
import { defineCommand } from './command.ts';
import { printJson, printLine } from './output.ts';
import { ownerOf } from './project.ts';
import {
  clearPending,
  decidePending,
  pendingCreates,
  type PendingDecision,
} from './repair/pending-creates.ts';
import { stackFleetFile } from './stack-fleet-file.ts';
import { type StackName, stackOf } from './stack-name.ts';
import { loadFleetFile } from '../stacks/load.ts';
import { describe } from './repair/describe.ts';
import { diagnose, type Diagnosis } from './repair/diagnose.ts';
import { readLocks } from './repair/locks.ts';
import { restore, setAsideNames, type SetAside } from './repair/restore.ts';
import { refuseWhileLocked, whileLocked } from './repair/stack-lock.ts';
import { stackFiles } from './repair/stack-files.ts';
import type { StateFiles } from './repair/state-file.ts';

/** `bootfleet repair`: a state that a kill or a full disk has left unreadable. */
export const command = defineCommand({
  name: 'repair',
  summary: "put a stack's state in order that Pulumi cannot read any more",
  takes: ['[stack]'],
  about: `For when every command of Pulumi says "failed to load checkpoint": the state of a stack (default: local), kept in
files, is empty or cut short, because a command was killed, the disk was full or the machine crashed. Shows what is
broken and the newest earlier state that is whole, with its time and number of resources. With --yes it takes the
broken one's place, which is kept beside it. What the lost step had made is found again by the next pulumi up.
Removes, with --yes, the lock of a command whose process is gone ("the stack is currently locked"), and ends the
processes that a killed command has left idle. Clears the creations that a killed pulumi up began and that made nothing
("pending operations"); those that made something stay until the next pulumi up has removed it. Refuses while a command of Pulumi holds the lock, or one on another
machine may.`,
  options: {
    yes: { says: 'do it; without, nothing is changed' },
    json: {
      says: '{ stack, file, whole, broken, restore: { file, time, resources }, keptAs, repaired, locks, processes, pending }',
    },
  },
  after: 'Exit status: 0 when all is in order, or is again; 1 when something is not and --yes was not given.',
  examples: ['bootfleet repair', 'bootfleet repair local --yes', 'bootfleet repair production --json'],
  async run({ values, positionals }) {
    const stack = stackOf('repair', positionals);
    const files = stackFiles(stack, stateElsewhere);
    // What a command that runs is in the middle of writing is not broken; and none may begin while this one writes.
    if (values.yes) return await whileLocked(stack.given, files.locks, () => repair(stack, files, values));
    await refuseWhileLocked(stack.given, files.locks);
    return await repair(stack, files, values);
  },
});

async function repair(
  stack: StackName,
  files: StateFiles,
  values: { readonly yes: boolean; readonly json: boolean },
): Promise<number> {
  const locks = (await readLocks(files.locks)).filter((lock) => lock.process === 'gone');
  const found = await diagnose(stack.name, files);
  const aside = setAsideNames(files, found, new Date());
  const whole = found.state === undefined && found.note === undefined;
  const project = { folder: process.cwd(), backend: backendUrl() };
  const idle = leftProcesses(project);
  const damaged = !whole || locks.length > 0 || idle.length > 0;
  // First of all, so that nothing is made any more while it is looked for.
  const ended = damaged && values.yes ? endLeftProcesses(project) : idle;
  const pending = await pendingOf(stack, found.state?.restore.file ?? files.state);
  const inOrder = !damaged && pending.clear.length === 0;
  const repaired = !inOrder && values.yes;
  if (repaired && !whole) {
    await restore(files, found, aside);
    const after = await diagnose(stack.name, files);
    if (after.state !== undefined || after.note !== undefined)
      throw new Error(`${files.state} is still broken after it was restored`);
  }
  // Each lock has a name of its own: none that somebody takes meanwhile is removed.
  if (repaired) await Promise.all(locks.map(({ file }) => rm(file, { force: true })));
  if (repaired && pending.clear.length > 0) await clearPending(files.state, files.previous, pending.clear);
  const left = { locks, processes: ended, pending };
  if (values.json)
    printJson({ stack: stack.given, ...report(files, found, aside), whole, repaired, ...left });
  else for (const line of describe(stack.given, files, found, aside, repaired, left)) printLine(line);
  return inOrder || repaired ? 0 : 1;
}

/**
 * What becomes of the creations that a killed `pulumi up` began. The cloud is asked only when there are any; without it,
 * all of them stay.
 */
async function pendingOf(stack: StackName, file: string): Promise<PendingDecision> {
  const text = await readFile(file, 'utf8');
  if (text.trim() === '' || pendingCreates(text).length === 0) return { clear: [], keep: [] };
  try {
    const { cloud, fleet } = loadFleetFile(stackFleetFile(stack), stack.given);
    const items = await inventory(await resolveEndpoints(cloud), cloud.zone);
    const { project, stack: name } = ownerOf(stack);
    return decidePending(text, items, ownTags(fleet, `${project}/${name}`), new Date());
  } catch (error) {
    if (!(error instanceof BootfleetError)) throw error;
    const why = `what it made is not known: ${error.code} ${error.summary}`;
    return { clear: [], keep: pendingCreates(text).map((one) => ({ ...one, why })) };
  }
}

function report(files: StateFiles, { state, note, content }: Diagnosis, aside: SetAside): object {
  return {
    file: files.state,
    ...(content && { content }),
    broken: [
      ...(state ? [{ file: files.state, why: state.broken }] : []),
      ...(note ? [{ file: files.note, why: note.broken }] : []),
    ],
    restore: state?.restore ?? null,
    keptAs: Object.values(aside),
  };
}
