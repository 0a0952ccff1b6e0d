import type { Field, Fields, Values } from './fields.ts';
import { hasUnknown, same, unknown } from './values.ts';

/** What an update would change. */
export interface Difference {
  /** Arguments that differ from what there is. */
  readonly changed: readonly string[];
  /** Those of them that need a new resource. */
  readonly replaces: readonly string[];
  /**
   * The same to the part, as `replaceOnChanges` may name one: each changed path, and whether it needs a new resource.
   * Example: `{ 'rootVolume.volumeId': false }`.
   */
  readonly paths: Readonly<Record<string, boolean>>;
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
  const paths: Record<string, boolean> = {};
  for (const [name, field] of Object.entries(fields)) {
    if (ignored.includes(name)) continue;
    const wanted = inputs[name] ?? undefined;
    if (!hasUnknown(wanted) && same(field, wanted, state[name])) continue;
    const parts = changedParts(field, wanted, state[name]);
    if (parts.length === 0) paths[name] = field.replaces === true;
    for (const [part, replaces] of parts) paths[`${name}.${part}`] = replaces || field.replaces === true;
  }
  return differenceOf(paths);
}

/** The difference from its paths alone. */
export function differenceOf(paths: Readonly<Record<string, boolean>>): Difference {
  const names = (entries: readonly string[]): string[] => [
    ...new Set(entries.map((path) => path.split('.')[0] ?? '')),
  ];
  const all = Object.keys(paths);
  return { changed: names(all), replaces: names(all.filter((path) => paths[path])), paths };
}

/** Which parts of an object differ, and whether each needs a new resource; none for what has no parts. */
function changedParts(field: Field, wanted: unknown, have: unknown): [part: string, replaces: boolean][] {
  if (field.type !== 'object' || typeof wanted !== 'object' || wanted === null) return [];
  const [now, before] = [wanted as Values, (have ?? {}) as Values];
  return Object.entries(field.parts ?? {})
    .filter(([key, part]) => hasUnknown(now[key]) || !same(part, now[key], before[key]))
    .map(([key, part]) => [key, part.replaces === true]);
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
