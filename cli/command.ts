import { givenArguments, type Given, type OptionSpecs } from './arguments.ts';
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

/** What a subcommand is, once: its help and what it accepts are both made of this, so that they cannot differ. */
export interface CommandSpec<O extends OptionSpecs> {
  /** Example: `status`. */
  readonly name: string;
  readonly summary: string;
  /** Arguments as the usage line shows them: `<must>` or `[may]` be given, in this order. Default: none. */
  readonly takes?: readonly string[];
  /** Paragraphs: what it does. */
  readonly about: string;
  /** Every option; `json` among them, because every command has one. */
  readonly options: O & { readonly json: { readonly says: string } };
  /** A paragraph after the options, most often the exit status. */
  readonly after?: string;
  /** Command lines as a user types them. */
  readonly examples: readonly [string, ...string[]];
  run(given: Given<O>): Promise<number>;
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
