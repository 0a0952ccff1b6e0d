import { join } from 'node:path';
import { stateBeyondRepair, stateUnknown } from '../../errors/state.ts';
import { namesIfThere, textIfThere } from '../if-there.ts';
import { isWholeNote, readStateText, type StateContent, type StateFiles } from './state-file.ts';

/** A state that was saved earlier and can be read. */
export interface SavedState extends StateContent {
  readonly file: string;
}

/** What is wrong with a stack's state. Nothing is, when neither `state` nor `note` is there. */
export interface Diagnosis {
  /** What the state holds now; absent when it is broken. */
  readonly content?: StateContent;
  /** How the state is broken, and the newest earlier one. */
  readonly state?: { readonly broken: string; readonly restore: SavedState };
  /** The backend's note about the state cannot be read: set aside, it is not missed. */
  readonly note?: { readonly broken: string };
}

/**
 * Looks at the files of a stack. Changes nothing.
 *
 * @throws BF2004 when there is no such stack, BF2005 when no earlier state can be read either.
 */
export async function diagnose(stack: string, files: StateFiles): Promise<Diagnosis> {
  const text = await textIfThere(files.state);
  if (text === undefined) throw stateUnknown({ stack, file: files.state });
  const note = await textIfThere(files.note);
  const found = readStateText(text);
  const wrong = {
    ...(note !== undefined && !isWholeNote(note) && { note: { broken: 'is empty or cut short' } }),
  };
  if (!('broken' in found)) return { content: found, ...wrong };
  const restore = await newestSaved(stack, files);
  if (restore === undefined) {
    throw stateBeyondRepair({
      file: files.state,
      broken: found.broken,
      looked: `${files.previous}, ${files.backups}`,
    });
  }
  return { state: { broken: found.broken, restore }, ...wrong };
}

/** The state of the step before, else the newest one of an earlier command, that can be read. */
async function newestSaved(stack: string, files: StateFiles): Promise<SavedState | undefined> {
  for (const file of [files.previous, ...(await backups(stack, files.backups))]) {
    const text = await textIfThere(file);
    const found = text === undefined ? undefined : readStateText(text);
    if (found !== undefined && !('broken' in found)) return { file, ...found };
  }
  return undefined;
}

/** Newest first: their names hold the time. */
async function backups(stack: string, folder: string): Promise<string[]> {
  const names = await namesIfThere(folder);
  const time = (name: string): bigint => BigInt(/\.(\d+)\.json$/.exec(name)?.[1] ?? 0);
  return names
    .filter((name) => name.startsWith(`${stack}.`) && /\.\d+\.json$/.test(name))
    .sort((one, other) => (time(one) < time(other) ? 1 : -1))
    .map((name) => join(folder, name));
}
