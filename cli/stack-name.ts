import { usageWrong } from '../errors/setup.ts';

/** A stack as a command line names it. */
export interface StackName {
  /** As it was given; what Pulumi is told, and messages say. Example: `organization/bootfleet/local`. */
  readonly given: string;
  /** The stack's own name: the one in its tags, its files' names and its URNs. Example: `local`. */
  readonly name: string;
  /** Absent: that of the folder. */
  readonly project?: string;
  /** Absent: Pulumi's default one. */
  readonly organization?: string;
}

const part = /^(?!\.{1,2}$)[A-Za-z0-9_.][A-Za-z0-9_.-]{0,99}$/;

/**
 * Reads `<stack>`, `<organization>/<stack>` or `<organization>/<project>/<stack>`; `undefined` for anything else. Pure.
 * Source: `ParseReference` in pulumi/pkg/backend/diy/store.go, `parseStackName` in pulumi/pkg/backend/httpstate/backend.go
 */
export function readStackName(given: string): StackName | undefined {
  const parts = given.split('/');
  if (parts.length > 3 || !parts.every((one) => part.test(one))) return undefined;
  const [name = '', ...before] = parts.toReversed();
  const [organization, project] = before.toReversed();
  return {
    given,
    name,
    ...(project !== undefined && { project }),
    ...(organization !== undefined && { organization }),
  };
}

/**
 * The stack that a command line names first; `local` when it names none.
 *
 * @param command the command's name, for the message.
 * @throws BF1900 for what can be no stack's name: it becomes part of paths and of other programs' arguments.
 */
export function stackOf(command: string, [given = 'local']: readonly string[]): StackName {
  const stack = readStackName(given);
  if (stack !== undefined) return stack;
  const problem = `${JSON.stringify(given)} is no stack's name: letters, digits, - _ . and at most 100 of them`;
  throw usageWrong({ command, problem });
}
