import type { SlotImageFacts, SlotUpgradeInputs, SlotUpgradeState } from '../args.ts';
import { policyOf, storedPolicy, type StoredPolicy } from '../../upgrade-policy.ts';

/** Facts of an image as the state holds them: enough to tell it from others. The rest is read from the file again. */
export interface StoredFacts extends Pick<SlotImageFacts, 'build' | 'sha256'> {
  readonly verified?: string | undefined;
}

/** The inputs of a `SlotUpgrade` as Pulumi has them. */
export interface StoredInputs extends Omit<SlotUpgradeInputs, 'policy' | 'found'> {
  readonly policy?: StoredPolicy | undefined;
  readonly found?: StoredFacts | undefined;
}

/** What a refresh needs in order to look at the machine. */
type Reach = Pick<SlotUpgradeState, 'rollout' | 'target' | 'machine' | 'resourceUrn'> & {
  readonly policy?: StoredPolicy | undefined;
};

/** Its outputs: what a diff, a refresh and people need; never a second time what only an upgrade needs. */
export interface StoredState extends Omit<SlotUpgradeState, keyof SlotUpgradeInputs> {
  /** `Reach` as JSON. One text and not twenty values: the engine handles each value by itself, at each step. */
  readonly reach: string;
  readonly found?: StoredFacts | undefined;
}

/** Inputs with everything that is not stored filled in, but for `found`, which only a file can tell. */
export function inputsOf({ found: _found, policy, ...rest }: StoredInputs): SlotUpgradeInputs {
  return { ...rest, policy: policyOf(policy) };
}

/** The same with the digest that `check` stored; enough to compare, not to send. */
export function comparableInputs(stored: StoredInputs): SlotUpgradeInputs {
  return { ...inputsOf(stored), ...(stored.found && { found: comparable(stored.found) }) };
}

export function storedInputs({ found, policy, ...rest }: SlotUpgradeInputs): StoredInputs {
  const { build, sha256, verified } = found ?? {};
  const facts = build !== undefined && sha256 !== undefined ? { build, sha256, verified } : undefined;
  const kept = storedPolicy(policy);
  // Left out, not undefined: Pulumi's own dynamic provider fails at a value that is undefined.
  return { ...rest, ...(kept && { policy: kept }), ...(facts && { found: facts }) };
}

/** A state to compare with and to look at machines with; what an upgrade needs beside it is in the inputs. */
export function stateOf({ found, reach, ...rest }: StoredState): SlotUpgradeState {
  const place = { image: { fs: '', checksums: [] }, wave: { number: 0, name: '' }, skip: '' };
  // Earlier versions stored all of it, each under its own name.
  const { policy, ...known } = (
    typeof reach === 'string' ? JSON.parse(reach) : (rest as Partial<StoredState>)
  ) as Reach;
  return {
    ...place,
    ...rest,
    ...known,
    policy: policyOf(policy),
    ...(found && { found: comparable(found) }),
  };
}

export function storedState(state: SlotUpgradeState): StoredState {
  const { image: _image, wave: _wave, skip: _skip, plan: _plan, ...rest } = state;
  const { found, policy, rollout, target, machine, resourceUrn, ...kept } = rest;
  const reach: Reach = { rollout, target, machine, resourceUrn, policy: storedPolicy(policy) };
  return {
    ...kept,
    reach: JSON.stringify(reach),
    ...(found && { found: { build: found.build, sha256: found.sha256 } }),
  };
}

function comparable({ verified = '', ...found }: StoredFacts): SlotImageFacts {
  return { sha512: '', bytes: 0, ...found, verified };
}
