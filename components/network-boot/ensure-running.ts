import { untilDone } from '../boot-mode/until-done.ts';
import { nextStep, type Observation, type Step } from './next-step.ts';
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

/**
 * Brings a machine from whatever state it is in to running what the boot `boot` names, from the network. It may be killed
 * anywhere and started again.
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
  await untilDone<Step>(
    machine,
    async () => nextStep({ ...(await effects.observe()), proof, booted }, boot),
    {
      'give-up': () => {
        throw effects.givenUp();
      },
      settle: () => effects.settle(),
      'power-off': () => effects.powerOff(),
      'set-boot-source': () => effects.setBootSource(),
      'note-starting': () => effects.writeNote('starting'),
      boot: async () => {
        await effects.boot();
        booted = true;
      },
      prove: async () => {
        proof = (await effects.prove()) ? 'proven' : 'failed';
      },
      'note-booted': () => effects.writeNote('booted'),
    },
  );
}
