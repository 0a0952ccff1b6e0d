import type { ErrorObject } from 'ajv';

/**
 * A copy of a document without what its schema refused: unknown keys, and values of the wrong form. The rest can then
 * be looked at too, so that a user is told everything at once. Pure.
 */
export function wellFormedPart(document: unknown, errors: readonly ErrorObject[]): unknown {
  const copy = structuredClone(document);
  for (const { instancePath, keyword, params } of errors) {
    const keys = instancePath.split('/').slice(1).map(unescaped);
    if (keyword === 'additionalProperties')
      keys.push(String((params as { additionalProperty?: unknown }).additionalProperty));
    remove(copy, keys);
  }
  return copy;
}

function remove(document: unknown, keys: readonly string[]): void {
  const last = keys.at(-1);
  let holder = document;
  for (const key of keys.slice(0, -1)) {
    if (typeof holder !== 'object' || holder === null) return;
    holder = (holder as Record<string, unknown>)[key];
  }
  // An item of a list stays, or the others would move: then there is no well-formed part.
  if (last === undefined || typeof holder !== 'object' || holder === null || Array.isArray(holder)) return;
  Reflect.deleteProperty(holder, last);
}

/** RFC 6901, section 4. */
function unescaped(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}
