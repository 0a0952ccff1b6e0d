import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** Pulumi's language host for Node: one an engine, whose address is its argument. It starts the program. */
const hostProgram = 'pulumi-language-nodejs';

/** A process as /proc shows it. */
export interface ProcessSeen {
  /** Its command line. */
  readonly argv: readonly string[];
  /** The name of its parent's program; empty when that is gone. Example: `pulumi`. */
  readonly parentName: string;
}

/**
 * Whether a process is the language host of an engine that is gone. Pure.
 *
 * The address alone would not do: once the engine is gone, another one may be given the same port. That one lives in a
 * process called `pulumi`, which is the parent of its own host.
 */
export function isOrphanedHost({ argv, parentName }: ProcessSeen, engine: string): boolean {
  const [program = '', ...rest] = argv;
  return basename(program) === hostProgram && rest.includes(engine) && parentName !== 'pulumi';
}

/**
 * Ends the language host of an engine that is gone. It would find out by itself, but only after minutes, and until then
 * every killed `pulumi` would leave a process behind. It holds nothing: it only started the program. Looks in /proc;
 * where there is none, it does nothing.
 *
 * Everything is done before it returns, so that a process may end itself next.
 *
 * @param engine its address. Example: `127.0.0.1:42749`.
 */
export function endOrphanedLanguageHost(engine: string): void {
  for (const entry of entries('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    const argv = text(`/proc/${pid}/cmdline`).split('\0');
    // Only few command lines get further; the rest of /proc is not read for the others.
    if (!isOrphanedHost({ argv, parentName: '' }, engine)) continue;
    if (isOrphanedHost({ argv, parentName: parentNameOf(pid) }, engine)) end(pid);
  }
}

/** From /proc/<pid>/stat, see proc(5): the name in parentheses may hold anything, so that fields count from its end. */
function parentNameOf(pid: number): string {
  const stat = text(`/proc/${pid}/stat`);
  const [, parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return text(`/proc/${parent}/comm`).trim();
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // It ended by itself, or it is another user's and not ours to end.
  }
}

/** A process that ends while it is looked at is none. */
function text(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function entries(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
