import type * as pulumi from '@pulumi/pulumi';
import { BootfleetError } from '../errors/error.ts';

/**
 * Turns an error of the catalogue into a failed check, which Pulumi shows at preview beside the argument it is about.
 * Anything else is a bug of ours and goes on as it came.
 *
 * @param property the argument. Example: `img`.
 */
export function checkFailure(property: string, thrown: unknown): pulumi.dynamic.CheckFailure {
  if (thrown instanceof BootfleetError) return { property, reason: thrown.message };
  throw thrown;
}
