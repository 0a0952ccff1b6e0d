import type { Command } from './command.ts';

type Load = () => Promise<{ readonly command: Command }>;

/** Every subcommand, in the order of `bootfleet --help`. Loaded when asked for, so that a start stays quick. */
export const commands: Readonly<Record<string, Load>> = {
  validate: () => import('./validate.ts'),
  plan: () => import('./plan.ts'),
  status: () => import('./status.ts'),
  console: () => import('./console.ts'),
  leaks: () => import('./leaks.ts'),
  repair: () => import('./repair.ts'),
  local: () => import('./local.ts'),
  env: () => import('./env.ts'),
};
