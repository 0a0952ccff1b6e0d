import { copyFile, open, rename } from 'node:fs/promises';
import type { Diagnosis } from './diagnose.ts';
import type { StateFiles } from './state-file.ts';

/** What `restore` sets aside, and under which name; the state itself and its note. */
export interface SetAside {
  readonly state?: string;
  readonly note?: string;
}

/** Names for what is broken, beside it. Pure. @param at Example: `2026-11-21T13:05:09.120Z`. */
export function setAsideNames(files: StateFiles, { state, note }: Diagnosis, at: Date): SetAside {
  const mark = `.broken-${at.toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
  return {
    ...(state !== undefined && { state: `${files.state}${mark}` }),
    ...(note !== undefined && { note: `${files.note}${mark}` }),
  };
}

/**
 * Puts a state in order: what is broken is kept beside it, and the earlier state takes its place in one step. A kill
 * anywhere in between leaves what can be repaired again.
 */
export async function restore(files: StateFiles, { state }: Diagnosis, aside: SetAside): Promise<void> {
  if (aside.note !== undefined) await rename(files.note, aside.note);
  if (state === undefined || aside.state === undefined) return;
  const fresh = `${files.state}.repair`;
  await copyFile(state.restore.file, fresh);
  await flush(fresh);
  await copyFile(files.state, aside.state);
  await rename(fresh, files.state);
}

/** Until the disk has it, a crash of the machine could leave the file empty once more. */
async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
