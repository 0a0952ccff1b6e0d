import { noteUnreadable } from '../../errors/boot.ts';
import type { HostKeySource } from './args.ts';

/** The cloud's note about a machine. Contract: docs/architecture.md, "the cloud's note about a machine". */
export interface Note {
  readonly install: string;
  readonly phase: 'flashing' | 'flashed' | 'booted';
  /** SHA-256 of the image that was written. */
  readonly image: string;
  /** ISO time of the last change of `phase`. */
  readonly at: string;
  /** Known once a boot said it, so that a killed run and a lost state do not lose it. A public key: no secret. */
  readonly hostKey?: string | undefined;
  readonly hostKeySource?: HostKeySource | undefined;
}

/** Key of the note in the server's user data. */
export const noteKey = 'bootfleet';

/**
 * Reads a note. `undefined` when there is none.
 *
 * @throws BF1203 for one that is not understood: it may stand for a machine with data on it, so nothing is written.
 */
export function parseNote(text: string | undefined, machine: string): Note | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw noteUnreadable({ machine, problem: 'it is not JSON' });
  }
  const note = (value ?? {}) as Readonly<Record<string, unknown>>;
  const { install, phase, hostKey, hostKeySource, image, at } = note;
  if (typeof install !== 'string' || (phase !== 'flashing' && phase !== 'flashed' && phase !== 'booted')) {
    throw noteUnreadable({ machine, problem: 'it has no install id or no known phase' });
  }
  return {
    install,
    phase,
    image: typeof image === 'string' ? image : '',
    at: typeof at === 'string' ? at : '',
    ...(typeof hostKey === 'string' && {
      hostKey,
      hostKeySource: hostKeySource === 'console' ? 'console' : 'first-contact',
    }),
  };
}

/** The note as it is stored. */
export function noteText(note: Note): string {
  return JSON.stringify(note);
}

/**
 * Which installation a machine shall hold. Not made from the image's digest: a new image never reinstalls.
 *
 * @example installId('edge', undefined) // 'edge'
 * @example installId('edge', '2026-11-21') // 'edge#2026-11-21'
 */
export function installId(image: string, reinstall: string | undefined): string {
  return reinstall === undefined || reinstall === '' ? image : `${image}#${reinstall}`;
}
