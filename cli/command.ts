import { givenArguments, type OptionSpecs } from './arguments.ts';
import type { CommandSpec } from './command-spec.ts';
import { helpText } from './help.ts';

/** One subcommand of `bootfleet`: what a file `cli/<name>.ts` exports as `command`. */
export interface Command {
  /** One line for the list of commands, without a full stop. */
  readonly summary: string;
  /** Shown by `bootfleet <name> --help`: usage line, what it does, options, examples. Ends without a line break. */
  readonly help: string;
  /**
   * Does it.
   * @param argv the arguments after the subcommand's name.
   * @returns the exit status: 0 success, 1 the thing failed or a check said no. Errors are thrown, not printed.
   */
  run(argv: readonly string[]): Promise<number>;
}

/**
 * Makes a subcommand. Anything on its command line that it does not know is BF1900, with the nearest name that it does.
 *
 * @example
 * export const command = defineCommand({
 *   name: 'status', summary: 'what runs', takes: ['[stack]'], about: 'Asks every machine.',
 *   options: { json: { says: 'an array' } }, examples: ['bootfleet status'],
 *   async run({ values, positionals }) { ... },
 * });
 */
export function defineCommand<const O extends OptionSpecs>(spec: CommandSpec<O>): Command {
  return {
    summary: spec.summary,
    help: helpText(spec),
    run: async (argv) => await spec.run(givenArguments(spec, argv)),
  };
}
