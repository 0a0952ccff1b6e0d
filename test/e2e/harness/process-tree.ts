import { readdir, readFile } from 'node:fs/promises';
import { parseProcessStat, type ProcessStat } from '../../../formats/process-stat.ts';
import { Deadline } from '../../../waiting/deadline.ts';
import { poll } from '../../../waiting/poll.ts';
import { signal } from './signal.ts';

/**
 * SIGKILL for a process and all its descendants, as if the power had failed for them. All are stopped first, so that
 * none starts another one meanwhile.
 */
export async function killTree(root: number): Promise<void> {
  const stopped = new Set<number>();
  for (let found = [root]; found.length > 0;) {
    for (const pid of found) {
      stopped.add(pid);
      signal(pid, 'SIGSTOP');
    }
    found = (await descendants(root)).filter((pid) => !stopped.has(pid));
  }
  for (const pid of stopped) signal(pid, 'SIGKILL');
  await poll({
    probe: async () => {
      const alive = await Promise.all([...stopped].map(isAlive));
      return alive.includes(true) ? undefined : true;
    },
    deadline: Deadline.after(10),
    every: 0.05,
    onTimeout: () => new Error(`some of ${[...stopped].join(', ')} did not end`),
  });
}

async function descendants(root: number): Promise<number[]> {
  const children = new Map<number, number[]>();
  for (const entry of await readdir('/proc')) {
    const stat = await statusOf(Number(entry));
    if (stat === undefined) continue;
    children.set(stat.parent, [...(children.get(stat.parent) ?? []), Number(entry)]);
  }
  const all: number[] = [];
  const walk = (pid: number): void => {
    for (const child of children.get(pid) ?? []) {
      all.push(child);
      walk(child);
    }
  };
  walk(root);
  return all;
}

async function isAlive(pid: number): Promise<boolean> {
  const stat = await statusOf(pid);
  return stat !== undefined && stat.state !== 'Z';
}

async function statusOf(pid: number): Promise<ProcessStat | undefined> {
  if (!Number.isInteger(pid)) return undefined;
  // A process that ends while it is looked at is none.
  return parseProcessStat(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''));
}
