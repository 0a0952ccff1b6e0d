import type { BootSource } from '../../clouds/cloud.ts';
import { nextStep, type Observation, type Step } from './next-step.ts';
import type { Note } from './note.ts';
import { untilDone } from './until-done.ts';

/** Everything that `ensureBooted` does to the world. One step each; see `Step` for what they mean. */
export interface BootEffects {
  /** Looks at the machine and its note. */
  observe(): Promise<Pick<Observation, 'power' | 'bootSource' | 'note'>>;
  settle(): Promise<void>;
  writeNote(phase: Note['phase']): Promise<void>;
  powerOff(): Promise<void>;
  setBootSource(source: BootSource): Promise<void>;
  /** Resolves when the writer is done. The note is written afterwards, by `writeNote('flashed')`. */
  flash(): Promise<void>;
  /** Resolves with whether the machine could be logged in to and is what it should be. */
  boot(): Promise<boolean>;
  prove(): Promise<boolean>;
  /** Makes the error for a machine that was booted and cannot be logged in to. */
  givenUp(): Error;
}

/**
 * Brings a machine from whatever state it is in to running the installation `install` from its own disk. It keeps
 * nothing that matters in memory, so that it may be killed anywhere and started again.
 *
 * @throws what the effects throw, `givenUp`, or BF1206 when the machine does not stay as it is put.
 */
export async function ensureBooted(effects: BootEffects, install: string, machine: string): Promise<void> {
  let proof: Observation['proof'] = 'none';
  let booted = false;
  await untilDone<Step>(
    machine,
    async () => nextStep({ ...(await effects.observe()), proof, booted }, install),
    {
      'give-up': () => {
        throw effects.givenUp();
      },
      settle: () => effects.settle(),
      'note-flashing': () => effects.writeNote('flashing'),
      'power-off': () => {
        // What was proven about a machine holds no longer once its power is cut.
        proof = 'none';
        return effects.powerOff();
      },
      'set-boot-source': ({ to }) => effects.setBootSource(to),
      flash: async () => {
        await effects.flash();
        await effects.writeNote('flashed');
      },
      boot: async () => {
        booted = true;
        proof = (await effects.boot()) ? 'proven' : 'failed';
      },
      prove: async () => {
        proof = (await effects.prove()) ? 'proven' : 'failed';
      },
      'note-booted': () => effects.writeNote('booted'),
    },
  );
}
