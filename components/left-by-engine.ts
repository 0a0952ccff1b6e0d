import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

/** A process as /proc shows it. */
export interface ProcessSeen {
  /** Its command line. */
  readonly argv: readonly string[];
  /** The names of the programs of its parent, of that one's parent and so on. Example: `['sh', 'pulumi', 'bash']`. */
  readonly ancestors: readonly string[];
  /** Its current folder; for what Pulumi started, the project's. */
  readonly folder: string;
  /** `PULUMI_BACKEND_URL` in its environment; empty without. */
  readonly backend: string;
}

/** Whose processes: those of one engine, or of all engines that worked for the project in a folder with one backend. */
export type LeftBy =
  | {
      /** The engine's address. Example: `127.0.0.1:42749`. */
      readonly engine: string;
    }
  | {
      readonly folder: string;
      /** Where Pulumi keeps its state, as `PULUMI_BACKEND_URL` tells it. */
      readonly backend: string;
    };

/**
 * Whether a process was started by an engine that is gone, and waits for it in vain: its language host for Node, which
 * had started the program, its provider for dynamic resources, or the shell that started that one. Pure.
 *
 * The address alone would not do: once an engine is gone, another one may be given the same port. That one lives in a
 * process called `pulumi`, of which its own processes descend; those of one that is gone were handed to another parent.
 */
export function isLeft({ argv, ancestors, folder, backend }: ProcessSeen, by: LeftBy): boolean {
  const given = engineArguments(argv);
  if (given === undefined || ancestors.some(isEngine)) return false;
  if ('engine' in by) return given.includes(by.engine);
  return folder === by.folder && backend === by.backend;
}

/** Also one that somebody has named after its version; not the plugins, whose names begin alike. */
function isEngine(name: string): boolean {
  return name.startsWith('pulumi') && !/^pulumi-(resource|language)/.test(name);
}

/** What one of Pulumi's own processes was given, its engine's address among it; `undefined` for any other process. */
function engineArguments([program = '', script = '', ...rest]: readonly string[]):
  readonly string[] | undefined {
  if (basename(program) === 'pulumi-language-nodejs') return [script, ...rest];
  const provider =
    basename(script) === 'pulumi-resource-pulumi-nodejs' ||
    /\/@pulumi\/pulumi\/cmd\/dynamic-provider(\/index\.js)?$/.test(script);
  return provider ? rest : undefined;
}

/** Their numbers. Looks in /proc; where there is none, none is found. */
export function leftProcesses(by: LeftBy): readonly number[] {
  return entries('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid)
    .filter((pid) => {
      const argv = text(`/proc/${pid}/cmdline`).split('\0');
      // By its command line first, as if all else fitted: only few get further, and have more of /proc read.
      if (!isLeft({ folder: '', backend: '', ...by, argv, ancestors: [] }, by)) return false;
      const folder = link(`/proc/${pid}/cwd`);
      return isLeft({ argv, ancestors: ancestorsOf(pid), folder, backend: backendOf(pid) }, by);
    });
}

/**
 * Ends them. The language host would find out by itself, but only after minutes, and a provider that was never asked
 * anything never would: it has not loaded the code that ends it with its engine. Nothing of theirs is lost.
 *
 * Everything is done before it returns, so that a process may end itself next. That process itself is left out.
 *
 * @returns the processes that were ended.
 * @example endLeftProcesses({ engine: '127.0.0.1:42749' })
 */
export function endLeftProcesses(by: LeftBy): readonly number[] {
  const ended = new Set<number>();
  // Again, because a shell may have started its provider between the look at it and its end.
  for (let look = 0; look < 10; look++) {
    const found = leftProcesses(by);
    if (found.length === 0) break;
    for (const pid of found) if (end(pid)) ended.add(pid);
  }
  return [...ended];
}

/** From /proc/<pid>/stat, see proc(5): the name in parentheses may hold anything, so that fields count from its end. */
function ancestorsOf(pid: number): readonly string[] {
  const stat = text(`/proc/${pid}/stat`);
  const [, parent = '0'] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (parent === '0') return [];
  return [text(`/proc/${parent}/comm`).trim(), ...ancestorsOf(Number(parent))];
}

function backendOf(pid: number): string {
  const name = 'PULUMI_BACKEND_URL=';
  const variable = text(`/proc/${pid}/environ`)
    .split('\0')
    .find((line) => line.startsWith(name));
  return variable?.slice(name.length) ?? '';
}

/** @returns false when it ended by itself, or is another user's and not ours to end. */
function end(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
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

function link(file: string): string {
  try {
    return readlinkSync(file);
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
