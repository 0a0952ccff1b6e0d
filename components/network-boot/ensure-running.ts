import { bootLoops } from '../../errors/boot.ts';
import { nextStep, type Observation } from './next-step.ts';
import type { NetworkNote } from './note.ts';

/** Everything that `ensureRunning` does to the world. One step each; see `Step` for what they mean. */
export interface NetworkBootEffects {
  observe(): Promise<Pick<Observation, 'power' | 'bootSource' | 'note'>>;
  settle(): Promise<void>;
  powerOff(): Promise<void>;
  /** From the network. */
  setBootSource(): Promise<void>;
  writeNote(phase: NetworkNote['phase']): Promise<void>;
  /** Resolves once it is proven to be up. */
  boot(): Promise<void>;
  prove(): Promise<boolean>;
  /** Makes the error for a machine that was up and is off. */
  givenUp(): Error;
}

/** More steps than any way through `nextStep` has; reached only when something undoes each step. */
export const mostSteps = 30;

/**
 * Brings a machine from whatever state it is in to running what the boot `boot` names, from the network: looks, does
 * one step, looks again. It may be killed anywhere and started again.
 *
 * @throws what the effects throw, `givenUp`, or BF1206 when the machine does not stay as it is put.
 */
export async function ensureRunning(
  effects: NetworkBootEffects,
  boot: string,
  machine: string,
): Promise<void> {
  let proof: Observation['proof'] = 'none';
  let booted = false;
  for (let steps = 0; steps < mostSteps; steps += 1) {
    const step = nextStep({ ...(await effects.observe()), proof, booted }, boot);
    switch (step.do) {
      case 'done':
        return;
      case 'give-up':
        throw effects.givenUp();
      case 'settle':
        await effects.settle();
        break;
      case 'power-off':
        await effects.powerOff();
        break;
      case 'set-boot-source':
        await effects.setBootSource();
        break;
      case 'note-starting':
        await effects.writeNote('starting');
        break;
      case 'boot':
        await effects.boot();
        booted = true;
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
