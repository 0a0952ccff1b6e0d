import type { FleetFile } from '../stacks/fleet-file.ts';
import { loadFleetFile } from '../stacks/load.ts';
import { stackFleetFile } from './stack-fleet-file.ts';
import { type StackName, stackOf } from './stack-name.ts';

/** The option of every command that reads a fleet file. */
export const fleetFileOption = {
  value: 'PATH',
  says: 'the fleet file, when it is not stacks/<stack>.fleet.yaml',
} as const;

/** The stack that a command line `[stack] [--file PATH]` names, and its fleet. @throws what `loadFleetFile` throws */
export function namedFleet(
  command: string,
  given: {
    readonly positionals: readonly string[];
    readonly values: { readonly file: string | undefined };
  },
): { readonly stack: StackName; readonly fleet: FleetFile } {
  const stack = stackOf(command, given.positionals);
  return { stack, fleet: loadFleetFile(stackFleetFile(stack, given.values.file), stack.given) };
}
