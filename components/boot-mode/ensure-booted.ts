import type { BootSource } from '../../clouds/cloud.ts';
import { bootLoops } from '../../errors/boot.ts';
import { nextStep, type Observation } from './next-step.ts';
import type { Note } from './note.ts';

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

/** More steps than any way through `nextStep` has; reached only when something undoes each step. */
export const mostSteps = 40;

/**
 * Brings a machine from whatever state it is in to running the installation `install` from its own disk: looks,
 * does one step, looks again. It keeps nothing that matters in memory, so that it may be killed anywhere and
 * started again.
 *
 * @throws what the effects throw, `givenUp`, or BF1206 when the machine does not stay as it is put.
 */
export async function ensureBooted(effects: BootEffects, install: string, machine: string): Promise<void> {
  let proof: Observation['proof'] = 'none';
  let booted = false;
  for (let steps = 0; steps < mostSteps; steps += 1) {
    const step = nextStep({ ...(await effects.observe()), proof, booted }, install);
    switch (step.do) {
      case 'done':
        return;
      case 'give-up':
        throw effects.givenUp();
      case 'settle':
        await effects.settle();
        break;
      case 'note-flashing':
        await effects.writeNote('flashing');
        break;
      case 'power-off':
        // What was proven about a machine holds no longer once its power is cut.
        proof = 'none';
        await effects.powerOff();
        break;
      case 'set-boot-source':
        await effects.setBootSource(step.to);
        break;
      case 'flash':
        await effects.flash();
        await effects.writeNote('flashed');
        break;
      case 'boot':
        booted = true;
        proof = (await effects.boot()) ? 'proven' : 'failed';
        break;
      case 'prove':
        proof = (await effects.prove()) ? 'proven' : 'failed';
        break;
      case 'note-booted':
        await effects.writeNote('booted');
        break;
    }
  }
  throw bootLoops({ machine, steps: mostSteps });
}
