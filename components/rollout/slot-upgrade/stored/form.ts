import type { SlotImageFacts, SlotUpgradeInputs, SlotUpgradeState } from '../args.ts';
import { isUnknown } from '../../../unknown.ts';
import { policyOf, storedPolicy, type StoredPolicy } from '../../upgrade-policy.ts';

/** Facts of an image as the state holds them: enough to tell it from others. The rest is read from the file again. */
export interface StoredFacts extends Pick<SlotImageFacts, 'build' | 'sha256'> {
  readonly verified?: string | undefined;
}

/** What is needed in order to look at the machine, and what nobody looks at in a preview. */
interface Reach extends Pick<
  SlotUpgradeInputs,
  'rollout' | 'target' | 'machine' | 'resourceUrn' | 'installation'
> {
  readonly policy?: StoredPolicy | undefined;
  /** Absent when empty. */
  readonly skip?: string | undefined;
}

/** What a preview shows of the inputs. */
interface ShownInputs extends Pick<SlotUpgradeInputs, 'image' | 'wave' | 'plan'> {
  readonly found?: StoredFacts | undefined;
}

/** The inputs of a `SlotUpgrade` as the program gives them, and as they stay while something in them is not known. */
export type OpenInputs = ShownInputs & Reach;

/** The inputs as `check` hands them on, and Pulumi stores them. */
export interface PackedInputs extends ShownInputs {
  /** `Reach` as JSON. One text and not twenty values: the engine handles each value by itself, at each step. */
  readonly reach: string;
}

export type StoredInputs = OpenInputs | PackedInputs;

/** Its outputs: what a diff, a refresh and people need; never a second time what only an upgrade needs. */
export interface StoredState extends Omit<SlotUpgradeState, keyof SlotUpgradeInputs> {
  /** As in `PackedInputs`. */
  readonly reach: string;
  readonly found?: StoredFacts | undefined;
}

/** Inputs with everything that is not stored filled in, but for `found`, which only a file can tell. */
export function inputsOf(stored: StoredInputs): SlotUpgradeInputs {
  const { image, wave, plan } = stored;
  const { policy, skip = '', ...reach } = reachIn(stored);
  return { ...reach, skip, image, wave, ...(plan && { plan }), policy: policyOf(policy) };
}

function reachIn(stored: StoredInputs): Reach {
  if ('reach' in stored) return JSON.parse(stored.reach) as Reach;
  const { rollout, target, machine, resourceUrn, installation, policy, skip } = stored;
  return { rollout, target, machine, resourceUrn, installation, policy, skip };
}

function packed({ policy, skip, ...rest }: Reach): string {
  return JSON.stringify({ ...rest, ...(policy && { policy }), ...(skip && { skip }) });
}

/** The same with the digest that `check` stored; enough to compare, not to send. */
export function comparableInputs(stored: StoredInputs): SlotUpgradeInputs {
  return { ...inputsOf(stored), ...(stored.found && { found: comparable(stored.found) }) };
}

export function storedInputs(inputs: SlotUpgradeInputs): StoredInputs {
  const { found, policy, image, wave, plan, rollout, target, machine, resourceUrn, installation, skip } =
    inputs;
  const { build, sha256, verified } = found ?? {};
  const facts = build !== undefined && sha256 !== undefined ? { build, sha256, verified } : undefined;
  // Left out, not undefined: Pulumi's own dynamic provider fails at a value that is undefined.
  const shown = { image, wave, ...(plan && { plan }), ...(facts && { found: facts }) };
  const kept = storedPolicy(policy);
  const reach: Reach = {
    rollout,
    target,
    machine,
    resourceUrn,
    ...(installation !== undefined && { installation }),
    skip,
    ...(kept && { policy: kept }),
  };
  // Inside a text Pulumi would not see what is not known yet.
  return isUnknown(reach) ? { ...shown, ...reach } : { ...shown, reach: packed(reach) };
}

/** A state to compare with and to look at machines with; what an upgrade needs beside it is in the inputs. */
export function stateOf({ found, reach, ...rest }: StoredState): SlotUpgradeState {
  const place = { image: { fs: '', checksums: [] }, wave: { number: 0, name: '' } };
  // Earlier versions stored all of it, each under its own name.
  const { policy, ...known } = (
    typeof reach === 'string' ? JSON.parse(reach) : (rest as Partial<StoredState>)
  ) as Reach;
  return {
    ...place,
    ...rest,
    ...known,
    skip: '',
    policy: policyOf(policy),
    ...(found && { found: comparable(found) }),
  };
}

export function storedState(state: SlotUpgradeState): StoredState {
  const { image: _image, wave: _wave, skip: _skip, plan: _plan, ...rest } = state;
  const { found, policy, rollout, target, machine, resourceUrn, installation, ...kept } = rest;
  return {
    ...kept,
    reach: packed({ rollout, target, machine, resourceUrn, installation, policy: storedPolicy(policy) }),
    ...(found && { found: { build: found.build, sha256: found.sha256 } }),
  };
}

function comparable({ verified = '', ...found }: StoredFacts): SlotImageFacts {
  return { sha512: '', bytes: 0, ...found, verified };
}
