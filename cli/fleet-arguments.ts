import { usageWrong } from '../errors/setup.ts';
import type { FleetFile } from '../stacks/fleet-file.ts';
import { loadFleetFile } from '../stacks/load.ts';
import { stackFleetFile } from './stack-fleet-file.ts';

/** The option of every command that reads a fleet file. */
export const fleetFileOption = {
  value: 'PATH',
  says: 'the fleet file, when it is not stacks/<stack>.fleet.yaml',
} as const;

/**
 * The stack that a command line names first; `local` when it names none. Also in full, as Pulumi Cloud has it:
 * organisation/project/stack. Source: https://www.pulumi.com/docs/iac/concepts/stacks/
 *
 * @param command the command's name, for the message.
 * @throws BF1900 for what can be no stack's name: it becomes part of paths and of other programs' arguments.
 */
export function stackOf(command: string, positionals: readonly string[]): string {
  const [name = 'local'] = positionals;
  const part = String.raw`(?!\.{1,2}(?:/|$))[A-Za-z0-9_.][A-Za-z0-9_.-]{0,99}`;
  if (new RegExp(`^${part}(?:/${part}){0,2}$`).test(name)) return name;
  const problem = `${JSON.stringify(name)} is no stack's name: letters, digits, - _ . and at most 100 of them`;
  throw usageWrong({ command, problem });
}

/** The stack that a command line `[stack] [--file PATH]` names, and its fleet. @throws what `loadFleetFile` throws */
export function namedFleet(
  command: string,
  given: {
    readonly positionals: readonly string[];
    readonly values: { readonly file: string | undefined };
  },
): { readonly stack: string; readonly fleet: FleetFile } {
  const stack = stackOf(command, given.positionals);
  return { stack, fleet: loadFleetFile(stackFleetFile(stack, given.values.file), stack) };
}
