import type * as pulumi from '@pulumi/pulumi';
import { slotImageInvalid } from '../../../../errors/rollout.ts';
import type { SlotUpgradeInputs } from '../args.ts';
import * as full from '../handler.ts';
import { imageFacts } from '../image-facts.ts';
import {
  comparableInputs,
  inputsOf,
  stateOf,
  storedInputs,
  storedState,
  type StoredInputs,
  type StoredState,
} from './form.ts';

/**
 * What Pulumi calls for `SlotUpgrade`: the handler of its folder, between the short form in which inputs and outputs are
 * stored and the whole one. Without it the state of a thousand machines is three times as large, and the engine writes
 * it at each step.
 */

export async function check(
  olds: StoredInputs,
  news: StoredInputs,
): Promise<pulumi.dynamic.CheckResult<StoredInputs>> {
  const { inputs, failures } = await full.check(comparableInputs(olds), inputsOf(news));
  return { inputs: inputs ? storedInputs(inputs) : news, ...(failures && { failures }) };
}

export async function diff(
  id: string,
  olds: StoredState,
  news: StoredInputs,
): Promise<pulumi.dynamic.DiffResult> {
  return full.diff(id, stateOf(olds), comparableInputs(news));
}

export async function create(inputs: StoredInputs): Promise<pulumi.dynamic.CreateResult<StoredState>> {
  const { id, outs } = await full.create(await inputsWithFacts(inputs));
  return { id, ...(outs && { outs: storedState(outs) }) };
}

export async function update(
  id: string,
  olds: StoredState,
  news: StoredInputs,
): Promise<pulumi.dynamic.UpdateResult<StoredState>> {
  const { outs } = await full.update(id, stateOf(olds), await inputsWithFacts(news));
  return outs ? { outs: storedState(outs) } : {};
}

export async function read(
  id: string,
  state: StoredState | undefined,
): Promise<pulumi.dynamic.ReadResult<StoredState>> {
  const { id: found, props } = await full.read(id, state && stateOf(state));
  return { ...(found !== undefined && { id: found }), ...(props && { props: storedState(props) }) };
}

async function del(): Promise<void> {
  await full.delete();
}
export { del as delete };

/**
 * The digests of the image are read again, from memory as a rule.
 *
 * @throws BF1706 when it is not the file any more that was checked.
 */
async function inputsWithFacts(stored: StoredInputs): Promise<SlotUpgradeInputs> {
  const inputs = inputsOf(stored);
  const found = await imageFacts(inputs.image, inputs.resourceUrn);
  if (stored.found && stored.found.sha256 !== found.sha256)
    throw slotImageInvalid({ image: inputs.image.fs, detail: 'it was changed after it had been checked' });
  return { ...inputs, found };
}
