import { parseArgs } from 'node:util';
import { nearestWord } from '../errors/nearest-name.ts';
import { usageWrong } from '../errors/setup.ts';

/** One option of a subcommand. */
export interface OptionSpec {
  /** What stands for its value in the help, e.g. `PATH`. Without one the option is a switch. */
  readonly value?: string;
  /** What it does, in one or more lines. */
  readonly says: string;
}

/** Options by name, without the dashes. */
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** What a command line said. */
export interface Given<O extends OptionSpecs> {
  /** A text, or `undefined`, for an option with a value; whether it was given for a switch. */
  readonly values: {
    readonly [K in keyof O]: O[K] extends { readonly value: string } ? string | undefined : boolean;
  };
  readonly positionals: readonly string[];
}

/** The part of a command's description that its command line is read by. */
interface Accepts<O extends OptionSpecs> {
  readonly name: string;
  readonly takes?: readonly string[];
  readonly options: O;
}

/**
 * Reads a subcommand's arguments.
 *
 * @throws BF1900 for an unknown option, a value too many or too few, an argument too many or too few.
 */
export function givenArguments<const O extends OptionSpecs>(
  { name, takes = [], options }: Accepts<O>,
  argv: readonly string[],
): Given<O> {
  const wrong = (problem: string, nearest?: string): Error => usageWrong({ command: name, problem, nearest });
  const args = [...argv];
  const known = Object.fromEntries(
    Object.entries(options).map(([key, { value }]) => [
      key,
      { type: value === undefined ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  const { tokens } = parseArgs({
    args,
    options: known,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== 'option' || Object.hasOwn(known, token.name)) continue;
    const nearest = nearestWord(token.name, Object.keys(known));
    throw wrong(`unknown option '${token.rawName}'`, nearest && `--${nearest}`);
  }
  const { values, positionals } = strictly(args, known, wrong);
  const empty = Object.keys(known).find((key) => values[key] === '');
  if (empty !== undefined) throw wrong(`--${empty} is empty`);
  // A variable of a script that is not set, as a rule: what it should have said cannot be guessed.
  if (positionals.includes('')) throw wrong('an argument is empty');
  const surplus = positionals[takes.length];
  if (surplus !== undefined) throw wrong(`unexpected argument '${surplus}'`);
  const missing = takes.slice(positionals.length).find((one) => one.startsWith('<'));
  if (missing !== undefined) throw wrong(`the argument ${missing} is missing`);
  const filled = Object.entries(known).map(([key, { type }]) => [
    key,
    type === 'string' ? values[key] : values[key] === true,
  ]);
  return { values: Object.fromEntries(filled) as Given<O>['values'], positionals };
}

/** What is left for Node to refuse: an option without its value, a switch with one. */
function strictly(
  args: string[],
  options: Readonly<Record<string, { type: 'boolean' | 'string' }>>,
  wrong: (problem: string) => Error,
): { values: Readonly<Record<string, unknown>>; positionals: readonly string[] } {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (thrown) {
    if (!(thrown instanceof TypeError)) throw thrown;
    // Node's own text, without its advice about `--`, which is about another problem.
    throw wrong(thrown.message.replace(/\. To specify .*$/s, '').replaceAll('\n', ' '));
  }
}

/**
 * A whole number from an option's value.
 *
 * @throws BF1900 for anything else, or out of bounds.
 */
export function wholeNumber(
  command: string,
  option: string,
  text: string | undefined,
  least: number,
  most: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most) return value;
  const problem = `--${option} is a whole number from ${least} to ${most}, not '${text}'`;
  throw usageWrong({ command, problem });
}
