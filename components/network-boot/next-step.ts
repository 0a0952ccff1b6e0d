import type { BootSource, PowerState } from '../../clouds/cloud.ts';
import type { NetworkNote } from './note.ts';

/** A machine as it is found, and what this run has found out about it so far. */
export interface Observation {
  readonly power: PowerState;
  readonly bootSource: BootSource;
  readonly note: NetworkNote | undefined;
  /** Whether it was found to be up without being booted; see `Step`, `prove`. */
  readonly proof: 'none' | 'proven' | 'failed';
  /** This run has booted it, and it was proven to be up. */
  readonly booted: boolean;
}

/** One thing to do; afterwards the machine is looked at again. */
export type Step =
  /** Nothing is left to do. */
  | { readonly do: 'done' }
  /** Wait until the power is on or off, and no longer between. */
  | { readonly do: 'settle' }
  | { readonly do: 'power-off' }
  | { readonly do: 'set-boot-source' }
  /** Write down that it is about to be booted: what it does from here on is not known until it is proven. */
  | { readonly do: 'note-starting' }
  /** Power on from the network, drive iPXE, wait for the proof. */
  | { readonly do: 'boot' }
  /** Ask the running machine again for its proof, as far as that can be asked. */
  | { readonly do: 'prove' }
  /** Write down `booted`. */
  | { readonly do: 'note-booted' }
  /** It was booted by this run, was up, and is off. */
  | { readonly do: 'give-up' };

/**
 * What to do next about a machine that shall run what the boot `boot` names. Pure. Nothing here writes a disk.
 *
 * A machine is already right when it is on, boots from the network, was noted to have come up from this very boot, and
 * its proof holds still. Such a machine is asked, and nothing else is done to it.
 */
export function nextStep(seen: Observation, boot: string): Step {
  const { power, bootSource, note } = seen;
  if (power !== 'off' && power !== 'running') return { do: 'settle' };
  const noted = note?.boot === boot ? note.phase : undefined;
  if (power === 'running') {
    if (seen.booted) return { do: noted === 'booted' ? 'done' : 'note-booted' };
    if (noted !== 'booted' || bootSource !== 'network' || seen.proof === 'failed') return { do: 'power-off' };
    return { do: seen.proof === 'proven' ? 'done' : 'prove' };
  }
  if (seen.booted) return { do: 'give-up' };
  if (noted !== 'starting') return { do: 'note-starting' };
  if (bootSource !== 'network') return { do: 'set-boot-source' };
  return { do: 'boot' };
}
