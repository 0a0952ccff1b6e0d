import { readFile } from 'node:fs/promises';
import { parseProcessStat } from '../../formats/process-stat.ts';

/**
 * A process beyond doubt: a process id alone is given to another process sooner or later, together with its start time
 * it is not, within one boot of the host.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks between the host's boot and the process' start. */
  readonly startTime: string;
  /** The kernel's random id of this boot. */
  readonly bootId: string;
}

/** Identity of a living process; `undefined` when there is none. A zombie does not live. */
export async function identityOf(pid: number): Promise<ProcessIdentity | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const stat = text === undefined ? undefined : parseProcessStat(text);
  if (stat === undefined || stat.state === 'Z' || stat.state === 'X') return undefined;
  return { pid, startTime: stat.startTime, bootId: await hostBootId() };
}

/** True while exactly this process lives. */
export async function lives(identity: ProcessIdentity): Promise<boolean> {
  const now = await identityOf(identity.pid);
  return now?.startTime === identity.startTime && now.bootId === identity.bootId;
}

/** Sends a signal to exactly this process; false when it has ended. */
export async function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): Promise<boolean> {
  if (!(await lives(identity))) return false;
  try {
    return process.kill(identity.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Reads an identity that was written as JSON; `undefined` for anything else. */
export function parseIdentity(text: string): ProcessIdentity | undefined {
  try {
    const read = JSON.parse(text) as Partial<ProcessIdentity> | null;
    if (typeof read?.pid !== 'number' || !Number.isSafeInteger(read.pid) || read.pid <= 1) return undefined;
    if (typeof read.startTime !== 'string' || typeof read.bootId !== 'string') return undefined;
    return { pid: read.pid, startTime: read.startTime, bootId: read.bootId };
  } catch {
    return undefined;
  }
}

/** The kernel's id of this boot; changes with each boot of the host. */
export async function hostBootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
}
