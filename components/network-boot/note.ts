import { createHash } from 'node:crypto';
import type { HostKeySource } from '../boot-mode/args.ts';

/** The cloud's note about a boot from the network. Contract: docs/architecture.md, "network boot". */
export interface NetworkNote {
  /** What is booted; see `bootId`. */
  readonly boot: string;
  /** `starting` from before power-on until it is proven to be up. */
  readonly phase: 'starting' | 'booted';
  /** ISO time of the last change of `phase`. */
  readonly at: string;
  readonly hostKey?: string | undefined;
  readonly hostKeySource?: HostKeySource | undefined;
}

/** Key of the note in the server's user data. Not the installation's: what is on the disk stays on record there. */
export const networkNoteKey = 'bootfleet-network';

/** Reads a note. One that is not understood is none: the machine is booted again, which loses nothing on its disk. */
export function parseNetworkNote(text: string | undefined): NetworkNote | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
  const { boot, phase, at, hostKey, hostKeySource } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof boot !== 'string' || (phase !== 'starting' && phase !== 'booted')) return undefined;
  return {
    boot,
    phase,
    at: typeof at === 'string' ? at : '',
    ...(typeof hostKey === 'string' && {
      hostKey,
      hostKeySource: hostKeySource === 'console' ? 'console' : 'first-contact',
    }),
  };
}

/**
 * What a machine shall run: 16 hex digits of the script's address, which holds the script's digest, and of `restart`.
 * What a script names by address (kernels, other scripts) is not part of it: it may change unnoticed.
 */
export function bootId(scriptUrl: string, restart: string | undefined): string {
  return createHash('sha256')
    .update(`${scriptUrl}\0${restart ?? ''}`)
    .digest('hex')
    .slice(0, 16);
}
