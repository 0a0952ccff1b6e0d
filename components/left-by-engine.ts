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
 * Whether a process was started by an engine that is gone, and waits for it in vain: its language host, which had
 * started the program, one of its providers, or the shell that started one. Pure.
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

/**
 * What one of Pulumi's own processes was given, its engine's address among it; `undefined` for any other process. Such a
 * process is a plugin (a language host, a provider such as `pulumi-resource-scaleway`, a policy pack's analyzer), or a
 * shell or Node that runs one that is a script; or the dynamic provider behind its script.
 */
function engineArguments([program = '', script = '', ...rest]: readonly string[]):
  readonly string[] | undefined {
  if (isPlugin(program)) return [script, ...rest];
  const runs =
    (isPlugin(script) && /^(\w*sh|node)$/.test(basename(program))) ||
    /\/@pulumi\/pulumi\/cmd\/dynamic-provider(\/index\.js)?$/.test(script);
  return runs ? rest : undefined;
}

/** By the names that Pulumi finds its plugins by. Source: pulumi/sdk/go/common/workspace/plugins.go */
function isPlugin(file: string): boolean {
  return /^pulumi-(language|resource|analyzer)-/.test(basename(file));
}

/** Their numbers. Looks in /proc; where there is none, none is found. */
export function leftProcesses(by: LeftBy): readonly number[] {
  return runningProcesses()
    .filter((one) => isLeft(one, by))
    .map(({ pid }) => pid);
}

/**
 * Ends them. The language host would find out by itself, but only after minutes, as would the provider of Scaleway, which
 * meanwhile goes on making what nobody waits for any more; and a dynamic provider that was never asked anything never
 * would: it has not loaded the code that ends it with its engine. What was being made is found by the next `pulumi up`.
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
