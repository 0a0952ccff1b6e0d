import { imageFacts } from '../slot-upgrade/image-facts.ts';
import type { KnownInputs } from '../slot-upgrade/args.ts';
import type { GateMachine, WaveGateInputs } from './args.ts';

/** Machines touched at the same time: enough for a wave of hundreds, few enough for the sockets of one process. */
export const machinesAtOnce = 20;

/**
 * What is needed to touch one machine of a wave.
 *
 * @throws when the gate was given no way to it.
 */
export async function inputsOfMachine(
  { rollout, name, policy, resourceUrn }: WaveGateInputs,
  { machine, target, image }: GateMachine,
): Promise<KnownInputs> {
  if (!target || !image) throw new Error(`the gate knows no way to ${machine}`);
  const found = await imageFacts(image, resourceUrn);
  const wave = { number: 0, name };
  return { rollout, machine, target, image, wave, skip: '', policy, resourceUrn, found };
}
