import { join, resolve } from 'node:path';
import type { Owner } from '../project.ts';

/** Where the file backend keeps what it knows of one stack. */
export interface StateFiles {
  /** The state itself. */
  readonly state: string;
  /** A note of the file backend about the state; absent where it writes none. */
  readonly note: string;
  /** The state of the step before. */
  readonly previous: string;
  /** Folder of older states, one at the end of each command: `<stack>.<nanoseconds since 1970>.json`. */
  readonly backups: string;
  /** Folder of locks, one a running command: `<uuid>.json`. */
  readonly locks: string;
  /** Folder of what was done: `<stack>-<nanoseconds since 1970>.history.json`. */
  readonly history: string;
}

/**
 * The folder of a file backend, from its URL; `undefined` for any other backend. Pure.
 *
 * @param project what a relative path is relative to: where `pulumi` runs.
 * @param home gives what `~` stands for; asked only where the URL has one.
 * @example backendFolder('file://~/state?metadata=skip', '/project', () => '/home/me') // '/home/me/state'
 */
export function backendFolder(url: string, project: string, home: () => string): string | undefined {
  if (!url.startsWith('file://')) return undefined;
  const [path = ''] = url.slice('file://'.length).split('?');
  return resolve(
    project,
    path.replace(/^~(?=\/|$)/, () => home()),
  );
}

/** The files of a stack in a file backend. Pure. Source: pulumi/pkg/backend/diy/{store,state,lock}.go */
export function stateFiles(folder: string, { project, stack }: Owner): StateFiles {
  const own = join(folder, '.pulumi');
  const state = join(own, 'stacks', project, `${stack}.json`);
  return {
    state,
    note: `${state}.attrs`,
    previous: `${state}.bak`,
    backups: join(own, 'backups', project, stack),
    locks: join(own, 'locks', 'organization', project, stack),
    history: join(own, 'history', project, stack),
  };
}

/** What is in a state. */
export interface StateContent {
  readonly resources: number;
  /** When it was saved, as Pulumi wrote it; empty for a stack that nothing was ever done with. */
  readonly time: string;
}

/**
 * What is in the text of a state, or why it cannot be one. Pure.
 * Source: `apitype.VersionedCheckpoint` and `CheckpointV3` in pulumi/sdk/go/common/apitype/core.go
 */
export function readStateText(text: string): StateContent | { readonly broken: string } {
  if (text.trim() === '') return { broken: 'is empty' };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { broken: 'is no whole JSON' };
  }
  const { checkpoint } = asRecord(parsed);
  // A file of zeros, as a crash of the machine leaves it, is no JSON; what is JSON but no state is somebody's mistake.
  if (typeof checkpoint !== 'object' || checkpoint === null) return { broken: 'holds no state of a stack' };
  const latest = asRecord(asRecord(checkpoint)['latest']);
  const { resources } = latest;
  const { time } = asRecord(latest['manifest']);
  return {
    resources: Array.isArray(resources) ? resources.length : 0,
    time: typeof time === 'string' ? time : '',
  };
}

/** Whether the file backend can read its note. Pure. */
export function isWholeNote(text: string): boolean {
  try {
    const note: unknown = JSON.parse(text);
    return typeof note === 'object' && note !== null;
  } catch {
    return false;
  }
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
