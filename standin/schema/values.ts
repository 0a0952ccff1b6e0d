import { isDeepStrictEqual } from 'node:util';
import type { Field, Values } from './fields.ts';

/** What Pulumi sends for a value that is not known yet; `unknownValue` of pulumi/sdk/nodejs/runtime/rpc.ts. */
export const unknown = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

/** True when a value, or anything in it, is not known yet. */
export function hasUnknown(value: unknown): boolean {
  if (value === unknown) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasUnknown);
}

/** The id without its zone: `fr-par-1/<uuid>` and `<uuid>` are the same thing. */
export function withoutZone(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

/** A zone's id of a resource, as the real provider writes it. Example: `fr-par-1/c136f267-...`. */
export function withZone(zone: string, id: string): string {
  return `${zone}/${withoutZone(id)}`;
}

/**
 * Whether what is wanted is what there is. In objects only the parts that are wanted count, because the cloud fills
 * in the others.
 */
export function same(field: Field, wanted: unknown, have: unknown): boolean {
  if (wanted === undefined) {
    if (field.computed === true) return true;
    if (field.emptyMeans !== undefined && have === '') return field.emptyMeans === field.standard;
    return isDeepStrictEqual(have ?? empty(field), field.standard ?? empty(field));
  }
  if (field.type === 'object') return sameParts(field, wanted as Values, (have ?? {}) as Values);
  if (field.type === 'objects') {
    const [some, others] = [wanted as readonly Values[], (have ?? []) as readonly Values[]];
    return some.length === others.length && some.every((one, i) => sameParts(field, one, others[i] ?? {}));
  }
  if (field.isId === true) return isDeepStrictEqual(bare(wanted), bare(have));
  if (field.emptyMeans !== undefined)
    return (wanted === '' ? field.emptyMeans : wanted) === (have === '' ? field.emptyMeans : have);
  if (field.othersKey !== undefined && !Object.hasOwn(wanted as Values, field.othersKey)) {
    const { [field.othersKey]: _, ...own } = (have ?? {}) as Values;
    return isDeepStrictEqual({ ...(wanted as Values) }, own);
  }
  return isDeepStrictEqual(wanted, have ?? empty(field));
}

function sameParts(field: Field, wanted: Values, have: Values): boolean {
  return Object.entries(field.parts ?? {}).every(([name, part]) => same(part, wanted[name], have[name]));
}

function bare(value: unknown): unknown {
  if (typeof value === 'string') return withoutZone(value);
  return Array.isArray(value) ? value.map(bare) : value;
}

/** What the API shows for an argument that was never given. */
function empty(field: Field): unknown {
  if (field.type === 'texts' || field.type === 'objects') return [];
  if (field.type === 'map' || field.type === 'object') return {};
  if (field.type === 'boolean') return false;
  return field.type === 'text' ? '' : undefined;
}
