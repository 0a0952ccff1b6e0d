import { readFile, rm } from 'node:fs/promises';
import { lives, parseIdentity, type ProcessIdentity } from '../machines/process-identity.ts';
import { writeWhole } from './write-file.ts';

/** What the process that watches over a daemon tells of itself. */
export interface WatchRecord {
  readonly process: ProcessIdentity;
  /** How often it has started the daemon again. */
  readonly restarts: number;
  /** How the daemon ended last. Example: `was ended by SIGKILL`; `null` while it never did. */
  readonly lastEnd: string | null;
}

export async function writeWatch(file: string, record: WatchRecord): Promise<void> {
  await writeWhole(file, `${JSON.stringify(record)}\n`);
}

/** The record of a watcher that lives; `undefined` without one. */
export async function readWatch(file: string): Promise<WatchRecord | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
  const record = parseWatch(text);
  return record !== undefined && (await lives(record.process)) ? record : undefined;
}

/** Takes a watcher's own record away; another's stays. */
export async function dropWatch(file: string, own: ProcessIdentity): Promise<void> {
  if ((await readWatch(file))?.process.pid === own.pid) await rm(file, { force: true });
}

/** `undefined` for anything that is no such record. Pure. */
export function parseWatch(text: string): WatchRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { process, restarts, lastEnd } = (value ?? {}) as Record<string, unknown>;
  const identity = parseIdentity(JSON.stringify(process ?? null));
  if (identity === undefined || typeof restarts !== 'number') return undefined;
  return { process: identity, restarts, lastEnd: typeof lastEnd === 'string' ? lastEnd : null };
}
