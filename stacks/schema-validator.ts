import { Ajv } from 'ajv';
import { byteSize } from '../components/rollout/byte-size.ts';
import { durationSeconds } from '../components/rollout/duration.ts';
import schema from './fleet.schema.json' with { type: 'json' };

export { schema };

/**
 * A validator of fleet files. Beside JSON Schema's own keywords it knows `durationRange` and `sizeRange`: the least and
 * the most that a duration or a number of bytes may be, in whatever unit it is written.
 */
export function schemaValidator(): Ajv {
  const ajv = new Ajv({ allErrors: true, verbose: true, useDefaults: true, allowUnionTypes: true });
  const bounds = { type: 'array', minItems: 2, maxItems: 2, items: { type: 'string' } };
  for (const [keyword, measure] of Object.entries(measures))
    ajv.addKeyword({
      keyword,
      schemaType: 'array',
      metaSchema: bounds,
      errors: false,
      validate: (range: readonly [string, string], given: unknown) => isWithin(range, given, measure),
    });
  return ajv;
}

const measures = { durationRange: durationSeconds, sizeRange: byteSize } as const;

function isWithin(
  [least, most]: readonly [string, string],
  given: unknown,
  measure: (given: string | number) => number,
): boolean {
  // Another type is told by `type`.
  if (typeof given !== 'string' && typeof given !== 'number') return true;
  try {
    const found = measure(given);
    return found >= measure(least) && found <= measure(most);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
