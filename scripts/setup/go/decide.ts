import { isAtLeast } from '../versions.ts';

/** A Go that was found: its file and what `go env GOVERSION` says. */
export interface FoundGo {
  readonly file: string;
  readonly version: string;
}

/** The way to a Go that can build the tools. */
export type GoWay =
  | { readonly way: 'use'; readonly go: FoundGo }
  /** This one is too old to build, but can fetch a newer one as a module. */
  | { readonly way: 'fetch'; readonly by: FoundGo }
  /** There is none: let apt bring Debian's, then fetch a newer one with it. */
  | { readonly way: 'install' };

/** The newest that will do is used; else the newest fetches one. */
export function decideGo(found: readonly FoundGo[], oldest: string): GoWay {
  const ordered = [...found].sort((a, b) => (isAtLeast(a.version, b.version) ? -1 : 1));
  const [newest] = ordered;
  if (newest === undefined) return { way: 'install' };
  return isAtLeast(newest.version, oldest) ? { way: 'use', go: newest } : { way: 'fetch', by: newest };
}
