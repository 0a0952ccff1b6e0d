import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { namesIfThere } from '../if-there.ts';

/** A lock that a command of Pulumi holds, or has left when it was killed. */
export interface Lock {
  readonly file: string;
  /** Who holds it, for messages. Example: `me@laptop, process 4711, since 2026-11-21T09:51:56Z`. */
  readonly holder: string;
  /** `gone`: its process is over. `unknown`: on another machine, or the lock cannot be read. */
  readonly process: 'alive' | 'gone' | 'unknown';
}

/** What of this machine a lock is judged by; for tests. */
export interface Host {
  readonly name: string;
  /** The name of the program that a process runs; `undefined` when there is no such process. */
  program(pid: number): Promise<string | undefined>;
}

/** All locks of a stack. @param folder of its locks; one that is not there holds none. */
export async function readLocks(folder: string, host: Host = thisHost): Promise<Lock[]> {
  const names = await namesIfThere(folder);
  const files = names.filter((name) => name.endsWith('.json')).map((name) => join(folder, name));
  return await Promise.all(files.map((file) => readLock(file, host)));
}

async function readLock(file: string, host: Host): Promise<Lock> {
  const content = parseLock(await readFile(file, 'utf8'));
  if (content === undefined) return { file, holder: 'unknown: the lock cannot be read', process: 'unknown' };
  const { pid, username, hostname: name, timestamp } = content;
  const holder = `${username}@${name}, process ${pid}, since ${timestamp}`;
  if (name !== host.name) return { file, holder, process: 'unknown' };
  const program = await host.program(pid);
  // A number is given to another process some day: only the program that took the lock can still hold it.
  return { file, holder, process: program?.includes(content.program) === true ? 'alive' : 'gone' };
}

interface LockContent {
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  readonly timestamp: string;
  /** The program that took it: a Pulumi, where it does not say so (see stack-lock.ts). */
  readonly program: string;
}

/** Pure. Source: `lockContent` in pulumi/pkg/backend/diy/lock.go */
export function parseLock(text: string): LockContent | undefined {
  try {
    const { pid, username, hostname: name, timestamp, program } = JSON.parse(text) as Record<string, unknown>;
    if (!Number.isInteger(pid) || typeof name !== 'string') return undefined;
    const words = [username, timestamp].map((word) => (typeof word === 'string' ? word : '?'));
    return {
      pid: pid as number,
      hostname: name,
      username: words[0] ?? '',
      timestamp: words[1] ?? '',
      program: typeof program === 'string' && program !== '' ? program : 'pulumi',
    };
  } catch {
    return undefined;
  }
}

/** This machine. Names of programs come from /proc; where there is none, any living process counts as Pulumi. */
const thisHost: Host = {
  name: hostname(),
  async program(pid) {
    try {
      process.kill(pid, 0);
    } catch (error) {
      // EPERM: it lives and is somebody else's.
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return undefined;
    }
    return await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'pulumi');
  },
};
