import type { Command } from './command.ts';

type Load = () => Promise<{ readonly command: Command }>;

/** Every subcommand, in the order of `bootfleet --help`. Loaded when asked for, so that a start stays quick. */
export const commands: Readonly<Record<string, Load>> = {
  validate: () => load('validate'),
  plan: () => load('plan'),
  status: () => load('status'),
  console: () => load('console'),
  leaks: () => load('leaks'),
  local: () => load('local'),
  env: () => load('env'),
};

async function load(name: string): Promise<{ readonly command: Command }> {
  return (await import(`./${name}.ts`)) as { readonly command: Command };
}
