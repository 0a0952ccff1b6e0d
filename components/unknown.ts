/**
 * What Pulumi passes to `check` and `diff` for a value that is not known before another resource exists.
 * Source: `unknownValue` in pulumi/sdk/nodejs/runtime/rpc.ts.
 */
export const unknownValue = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

/** True when the value, or anything inside it, is not known yet. */
export function isUnknown(value: unknown): boolean {
  if (value === unknownValue) return true;
  if (Array.isArray(value)) return value.some(isUnknown);
  return typeof value === 'object' && value !== null && Object.values(value).some(isUnknown);
}
