import { imageFacts } from '../slot-upgrade/image-facts.ts';
import type { SlotImageFacts, SlotUpgradeInputs } from '../slot-upgrade/args.ts';
import type { GateMachine, WaveGateInputs } from './args.ts';

/**
 * What is needed to touch one machine of a wave.
 *
 * @throws when the gate was given no way to it.
 */
export async function inputsOfMachine(
  { rollout, name, policy, resourceUrn }: WaveGateInputs,
  { machine, target, image }: GateMachine,
): Promise<SlotUpgradeInputs & { readonly found: SlotImageFacts }> {
  if (!target || !image) throw new Error(`the gate knows no way to ${machine}`);
  const found = await imageFacts(image, resourceUrn);
  const wave = { number: 0, name };
  return { rollout, machine, target, image, wave, skip: '', policy, resourceUrn, found };
}
