import { parseArgs, type ParseArgsConfig } from 'node:util';
import { usageWrong } from '../errors/setup.ts';

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

/** What `parseArgs` of `node:util` takes as `options`. */
export type Options = NonNullable<ParseArgsConfig['options']>;

type Parsed<O extends Options> = ReturnType<
  typeof parseArgs<{ options: O; allowPositionals: true; strict: true }>
>;

/**
 * Parses a subcommand's arguments. Anything it does not know is a usage error (BF1900) with the nearest help.
 *
 * @example
 * const { values, positionals } = parseArguments('status', argv, { json: { type: 'boolean' } }, { atMost: 1 });
 */
export function parseArguments<const O extends Options>(
  name: string,
  argv: readonly string[],
  options: O,
  positionals: { readonly atLeast?: number; readonly atMost?: number } = {},
): Parsed<O> {
  const { atLeast = 0, atMost = atLeast } = positionals;
  let parsed: Parsed<O>;
  try {
    parsed = parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (wrong) {
    if (!(wrong instanceof TypeError)) throw wrong;
    // Node's own text, without its advice about `--`, which is about another problem.
    throw usageWrong(
      { command: name, problem: wrong.message.replace(/\. To specify .*$/s, '') },
      { cause: wrong },
    );
  }
  const given = parsed.positionals.length;
  if (given > atMost)
    throw usageWrong({ command: name, problem: `unexpected argument '${parsed.positionals[atMost] ?? ''}'` });
  if (given < atLeast) throw usageWrong({ command: name, problem: `an argument is missing` });
  return parsed;
}

/** Prints one line to standard output. */
export function printLine(text = ''): void {
  process.stdout.write(`${text}\n`);
}

/** Prints a value for `--json`: indented, one document. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** Whether colours may be used on a stream: a terminal, and neither NO_COLOR nor TERM=dumb (see no-color.org). */
export function colours(stream: NodeJS.WriteStream = process.stdout, env = process.env): boolean {
  return stream.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}
