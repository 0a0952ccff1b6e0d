import type { SlotImageFacts, SlotUpgradeInputs, SlotUpgradeState } from '../args.ts';
import { policyOf, storedPolicy, type StoredPolicy } from '../../upgrade-policy.ts';

/** Facts of an image as the state holds them: enough to tell it from others. The rest is read from the file again. */
export type StoredFacts = Omit<SlotImageFacts, 'sha512'>;

/** The inputs of a `SlotUpgrade` as Pulumi has them. */
export interface StoredInputs extends Omit<SlotUpgradeInputs, 'policy' | 'found'> {
  readonly policy?: StoredPolicy | undefined;
  readonly found?: StoredFacts | undefined;
}

/** Its outputs: what a diff, a refresh and people need; never a second time what only an upgrade needs. */
export interface StoredState extends Omit<
  SlotUpgradeState,
  'policy' | 'found' | 'rollout' | 'image' | 'wave' | 'skip' | 'plan'
> {
  readonly policy?: StoredPolicy | undefined;
  readonly found?: StoredFacts | undefined;
}

/** Inputs with everything that is not stored filled in, but for `found`, which only a file can tell. */
export function inputsOf({ found: _found, policy, ...rest }: StoredInputs): SlotUpgradeInputs {
  return { ...rest, policy: policyOf(policy) };
}

/** The same with the digests that `check` stored; enough to compare, not to send. */
export function comparableInputs(stored: StoredInputs): SlotUpgradeInputs {
  return { ...inputsOf(stored), ...(stored.found && { found: comparable(stored.found) }) };
}

export function storedInputs({ found, policy, ...rest }: SlotUpgradeInputs): StoredInputs {
  return { ...rest, policy: storedPolicy(policy), ...(found && { found: storedFacts(found) }) };
}

/** A state to compare with and to look at machines with; what an upgrade needs beside it is in the inputs. */
export function stateOf({ found, policy, ...rest }: StoredState): SlotUpgradeState {
  const place = { rollout: '', image: { fs: '', checksums: [] }, wave: { number: 0, name: '' }, skip: '' };
  return { ...place, ...rest, policy: policyOf(policy), ...(found && { found: comparable(found) }) };
}

export function storedState(state: SlotUpgradeState): StoredState {
  const { rollout: _rollout, image: _image, wave: _wave, skip: _skip, plan: _plan, ...rest } = state;
  const { found, policy, ...kept } = rest;
  return { ...kept, policy: storedPolicy(policy), ...(found && { found: storedFacts(found) }) };
}

export function storedFacts({ sha512: _sha512, ...rest }: SlotImageFacts): StoredFacts {
  return rest;
}

function comparable(found: StoredFacts): SlotImageFacts {
  return { sha512: '', ...found };
}
