import type { OptionSpecs } from './arguments.ts';
import type { CommandSpec } from './command-spec.ts';

/** Longest usage line, in characters, that names every option; the page names them all anyway. */
const widest = 110;

/** The help page of a subcommand. Pure. */
export function helpText<O extends OptionSpecs>(
  spec: Omit<CommandSpec<O>, 'run' | 'options'> & { readonly options: OptionSpecs },
): string {
  const { name, takes = [], about, options, after, examples } = spec;
  const shown = Object.entries(options).map(([option, { value, says }]) => ({
    head: `--${option}${value === undefined ? '' : ` ${value}`}`,
    says,
  }));
  const usage = ['Usage: bootfleet', name, ...takes].join(' ');
  const full = [usage, ...shown.map(({ head }) => `[${head}]`)].join(' ');
  const width = Math.max(...shown.map(({ head }) => head.length));
  const lines = shown.map(({ head, says }) => {
    const [first = '', ...more] = says.split('\n');
    return [
      `  ${head.padEnd(width)}  ${first}`,
      ...more.map((line) => `  ${' '.repeat(width)}  ${line}`),
    ].join('\n');
  });
  return [
    full.length <= widest ? full : `${usage} [options]`,
    about,
    `Options:\n${lines.join('\n')}`,
    ...(after === undefined ? [] : [after]),
    `Examples:\n${examples.map((line) => `  ${line}`).join('\n')}`,
  ].join('\n\n');
}
