import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { poll } from '../../waiting/poll.ts';
import { Deadline } from '../../waiting/deadline.ts';
import { stopFailed } from '../../errors/localcloud.ts';

/** A process that works for an embedded cloud. */
export interface LeftProcess {
  readonly pid: number;
  readonly program: string;
}

/** Programs that the daemon starts, by the names of their executables. */
const programs = /^(qemu-system-.*|versitygw|socat)$/;

/** Processes of those programs whose arguments name the folder. Source: proc(5). */
export async function leftProcesses(folder: string): Promise<readonly LeftProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map((pid) => lookAt(pid, folder)));
  return found.filter((process) => process !== undefined);
}

async function lookAt(pid: number, folder: string): Promise<LeftProcess | undefined> {
  try {
    const program = basename(await readlink(`/proc/${pid}/exe`)).replace(/ \(deleted\)$/, '');
    if (!programs.test(program)) return undefined;
    const words = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    return words.includes(`${folder}/`) ? { pid, program } : undefined;
  } catch {
    // Ended meanwhile, or of another user, and then it is none of this cloud's.
    return undefined;
  }
}

/** Ends what is left: asked first, killed after `patience` seconds. @throws BF1803 when something stays. */
export async function endLeftProcesses(
  folder: string,
  deadline: Deadline,
  patience = 3,
): Promise<readonly LeftProcess[]> {
  const all = await leftProcesses(folder);
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    for (const left of await leftProcesses(folder)) sendSignal(left.pid, signal);
    const limit = signal === 'SIGTERM' ? deadline.within(patience) : deadline;
    const remaining = await waitUntilNone(folder, limit);
    if (remaining.length === 0) return all;
    if (signal === 'SIGKILL') {
      const names = remaining.map(({ pid, program }) => `${program} (${pid})`).join(', ');
      throw stopFailed({ processes: names, seconds: Math.round(deadline.length / 1000) });
    }
  }
  return all;
}

async function waitUntilNone(folder: string, deadline: Deadline): Promise<readonly LeftProcess[]> {
  let remaining: readonly LeftProcess[] = [];
  const late = new Error('processes are left');
  try {
    await poll({
      probe: async () => {
        remaining = await leftProcesses(folder);
        return remaining.length === 0 ? true : undefined;
      },
      deadline,
      every: 0.1,
      onTimeout: () => late,
    });
  } catch (thrown) {
    if (thrown !== late) throw thrown;
  }
  return remaining;
}

/** Whether a process is a daemon: process ids are used again, so a file's word alone is not enough. */
export async function isDaemon(pid: number): Promise<boolean> {
  try {
    const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
    return words.some((word) => word.endsWith('localcloud/daemon/main.ts'));
  } catch {
    return false;
  }
}

/** Sends a signal; a process that is gone already is fine. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown;
  }
}
