import { basename } from 'node:path';
import type { Diagnosis } from './diagnose.ts';
import type { Lock } from './locks.ts';
import type { PendingDecision } from './pending-creates.ts';
import type { SetAside } from './restore.ts';
import type { StateFiles } from './state-file.ts';

/** What commands that were killed have left beside the state. */
export interface Left {
  readonly locks: readonly Lock[];
  /** Their numbers. */
  readonly processes: readonly number[];
  /** Creations that were begun and never ended. Default: none. */
  readonly pending?: PendingDecision;
}

/** What is told to a person. Pure. */
export function describe(
  stack: string,
  files: StateFiles,
  { state, note, content }: Diagnosis,
  aside: SetAside,
  repaired: boolean,
  { locks, processes, pending = { clear: [], keep: [] } }: Left,
): string[] {
  const lines: string[] = [];
  const tense = repaired ? 'Was' : 'Would be';
  if (state === undefined && note === undefined)
    lines.push(`The state of stack ${stack} is whole: ${sum(content)}.`);
  if (state !== undefined) {
    const { file } = state.restore;
    lines.push(
      `The state of stack ${stack} ${state.broken}: ${files.state}`,
      `${tense} restored: ${basename(file)}, ${sum(state.restore)}.`,
      `${tense} kept: the broken one, as ${basename(aside.state ?? '')}.`,
    );
  }
  if (note !== undefined) {
    lines.push(
      `Pulumi's note about the state of stack ${stack} ${note.broken}: ${files.note}`,
      ...(content ? [`The state itself is whole: ${sum(content)}.`] : []),
      `${tense} set aside: the note, as ${basename(aside.note ?? '')}. It is not missed.`,
    );
  }
  for (const { holder } of locks)
    lines.push(
      `A command that was ended has left its lock on stack ${stack}: ${holder}.`,
      `${tense} removed: the lock.`,
    );
  if (processes.length > 0)
    lines.push(
      `A command that was ended has left processes that wait for it in vain: ${processes.join(', ')}.`,
      `${tense} ended: these processes.`,
    );
  const named = ({ urn }: { urn: string }): string => urn.slice(urn.lastIndexOf('$') + 1);
  if (pending.clear.length > 0)
    lines.push(
      `A command that was ended has begun to make what is not there: ${pending.clear.map(named).join(', ')}.`,
      `${tense} cleared: these pending operations.`,
    );
  const kept = pending.keep.map((one) => `Stays pending: ${named(one)}: ${one.why}.`);
  if (lines.length === 1) return [...lines, ...kept];
  lines.push(...kept);
  if (repaired) return [...lines, `Go on with: pulumi up --stack ${stack}`];
  return [...lines, `Nothing was changed. To do it: bootfleet repair ${stack} --yes`];
}

function sum(content: { time: string; resources: number } | undefined): string {
  const { time = '', resources = 0 } = content ?? {};
  return `${time === '' ? 'never used' : `saved ${time}`}, ${resources} resource${resources === 1 ? '' : 's'}`;
}
