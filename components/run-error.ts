import * as pulumi from '@pulumi/pulumi';
import { BootfleetError } from '../errors/error.ts';

/**
 * Runs a step of a Pulumi program, and gives its errors of the catalogue the form that Pulumi prints without a stack
 * trace: a user can act on them, and the trace would hide the sentence. Other errors pass as they are.
 *
 * @example const fleet = await withoutTrace(() => loadFleetFile(file, stack));
 */
export async function withoutTrace<T>(step: () => T | Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof BootfleetError) throw new pulumi.RunError(error.message);
    if (error instanceof AggregateError && error.errors.every((one) => one instanceof BootfleetError))
      throw new pulumi.RunError(error.errors.map(({ message }) => message).join('\n'));
    throw error;
  }
}
