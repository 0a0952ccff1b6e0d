import { basename } from 'node:path';
import { type ProcessSeen, runningProcesses } from './running-process.ts';

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
export function isLeft(seen: ProcessSeen, by: LeftBy): boolean {
  // The command line first: few get further, and only of those is the rest read.
  const given = engineArguments(seen.argv);
  if (given === undefined) return false;
  const wanted =
    'engine' in by ? given.includes(by.engine) : seen.folder === by.folder && seen.backend === by.backend;
  return wanted && !seen.ancestors.some(isEngine);
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
  return runningProcesses()
    .filter((one) => isLeft(one, by))
    .map(({ pid }) => pid);
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

/** @returns false when it ended by itself, or is another user's and not ours to end. */
function end(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}
