import type { Fields, Values } from './fields.ts';
import { hasUnknown, same, unknown } from './values.ts';

/** What an update would change. */
export interface Difference {
  /** Arguments that differ from what there is. */
  readonly changed: readonly string[];
  /** Those of them that need a new resource. */
  readonly replaces: readonly string[];
}

/**
 * Compares the arguments with what the cloud had when it was last looked at, as Terraform's providers do: so that a
 * change made outside, once `pulumi refresh` has seen it, is put right by the next update.
 *
 * @param state the resource's outputs.
 * @param inputs the new arguments.
 * @param ignored arguments of `ignoreChanges`; parts (`rootVolume.name`) ignore the whole argument's change only when alone.
 */
export function difference(
  fields: Fields,
  state: Values,
  inputs: Values,
  ignored: readonly string[],
): Difference {
  const changed: string[] = [];
  const replaces: string[] = [];
  for (const [name, field] of Object.entries(fields)) {
    if (ignored.includes(name)) continue;
    const wanted = inputs[name] ?? undefined;
    if (!hasUnknown(wanted) && same(field, wanted, state[name])) continue;
    changed.push(name);
    const part = Object.entries(field.parts ?? {}).some(
      ([key, one]) =>
        field.type === 'object' &&
        one.replaces === true &&
        !same(one, (wanted as Values | undefined)?.[key], (state[name] as Values | undefined)?.[key]),
    );
    if (field.replaces === true || part) replaces.push(name);
  }
  return { changed, replaces };
}

/** The outputs of a resource that does not exist yet: its arguments, and for all else `unknown`. */
export function previewCreate(fields: Fields, outputs: readonly string[], inputs: Values): Values {
  const shown: Record<string, unknown> = {};
  for (const name of outputs) shown[name] = unknown;
  for (const [name, field] of Object.entries(fields)) {
    const value = inputs[name] ?? field.standard;
    if (value !== undefined && field.type !== 'object') shown[name] = value;
    else if (field.computed === true || field.type === 'object') shown[name] = unknown;
  }
  return shown;
}

/** The outputs of a resource after a change that is not made yet. */
export function previewUpdate(
  fields: Fields,
  state: Values,
  inputs: Values,
  changed: readonly string[],
): Values {
  const shown: Record<string, unknown> = { ...state };
  for (const name of changed) {
    const field = fields[name];
    shown[name] = field?.type === 'object' ? unknown : (inputs[name] ?? field?.standard ?? unknown);
    for (const output of field?.touches ?? []) shown[output] = unknown;
  }
  return shown;
}

/**
 * The arguments that a resource has by what the cloud says, for `pulumi refresh` and `pulumi import`.
 *
 * @param inputs the arguments in the state; empty at an import, when every argument that says something is shown.
 */
export function inputsOf(fields: Fields, state: Values, inputs: Values): Values {
  const importing = Object.keys(inputs).length === 0;
  const found: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = state[name];
    if (value === undefined || value === null) {
      if (inputs[name] !== undefined) found[name] = inputs[name];
    } else if (inputs[name] !== undefined) {
      found[name] = same(field, inputs[name], value) ? inputs[name] : value;
    } else if (importing ? !isNothing(value) : field.computed !== true && !same(field, undefined, value)) {
      found[name] = value;
    }
  }
  return found;
}

function isNothing(value: unknown): boolean {
  return (
    value === '' || value === false || (Array.isArray(value) && value.length === 0) || isEmptyObject(value)
  );
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
