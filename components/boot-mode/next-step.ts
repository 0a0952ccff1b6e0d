import type { BootSource, PowerState } from '../../clouds/cloud.ts';
import type { Note } from './note.ts';

/** A machine as it is found, and what this run has found out about it so far. */
export interface Observation {
  readonly power: PowerState;
  readonly bootSource: BootSource;
  /** The cloud's note, or what Pulumi's state says in its place; `undefined`: nothing was ever installed. */
  readonly note: Note | undefined;
  /** Whether it was found to run from its own disk, by logging in. */
  readonly proof: 'none' | 'proven' | 'failed';
  /** This run has booted it from its disk already. */
  readonly booted: boolean;
}

/** One thing to do; afterwards the machine is looked at again. */
export type Step =
  /** Nothing is left to do. */
  | { readonly do: 'done' }
  /** Wait until the power is on or off, and no longer between. */
  | { readonly do: 'settle' }
  /** Write down that the disk is about to be written. From here on the disk counts as lost. */
  | { readonly do: 'note-flashing' }
  | { readonly do: 'power-off' }
  | { readonly do: 'set-boot-source'; readonly to: BootSource }
  /** Power on from the network, drive iPXE, watch the writer; at its end write down `flashed`. */
  | { readonly do: 'flash' }
  /** Power on from the disk, watch console and SSH, log in. */
  | { readonly do: 'boot' }
  /** Log in to the running machine. */
  | { readonly do: 'prove' }
  /** Write down `booted`. */
  | { readonly do: 'note-booted' }
  /** It was booted from its disk by this run and still cannot be logged in to. */
  | { readonly do: 'give-up' };

/**
 * What to do next about a machine that shall run the installation `install` from its disk. Pure, and the only place
 * that decides about writing a disk: only without a note, with one that says `flashing`, or with one of another
 * installation.
 */
export function nextStep(seen: Observation, install: string): Step {
  const { power, bootSource, note } = seen;
  const settled = power === 'off' || power === 'running';
  if (note?.install !== install) return { do: 'note-flashing' };
  if (note.phase === 'flashing') {
    if (!settled) return { do: 'settle' };
    if (power === 'running') return { do: 'power-off' };
    if (bootSource !== 'network') return { do: 'set-boot-source', to: 'network' };
    return { do: 'flash' };
  }
  if (!settled) return { do: 'settle' };
  if (bootSource !== 'disk') {
    return power === 'running' ? { do: 'power-off' } : { do: 'set-boot-source', to: 'disk' };
  }
  if (power === 'off') return seen.booted ? { do: 'give-up' } : { do: 'boot' };
  if (seen.proof === 'none') return { do: 'prove' };
  if (seen.proof === 'failed') return seen.booted ? { do: 'give-up' } : { do: 'power-off' };
  return note.phase === 'booted' ? { do: 'done' } : { do: 'note-booted' };
}
