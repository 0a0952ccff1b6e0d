/** Errors BF1900 to BF1999: set-up, tools and the command line. */
import { defineError } from './error.ts';

export const usageWrong = defineError<{ command: string; problem: string }>({
  code: 'BF1900',
  title: 'The command line is not understood',
  message: (f) => `bootfleet ${f.command}: ${f.problem}`,
  cause: 'An option or argument is misspelt, missing, or belongs to another command.',
  next: (f) => `See: bootfleet ${f.command} --help`,
  example: { command: 'status', problem: "Unknown option '--jsom'" },
});

export const commandUnknown = defineError<{ command: string; nearest: string }>({
  code: 'BF1901',
  title: 'There is no such command',
  message: (f) =>
    `there is no command \`bootfleet ${f.command}\`${f.nearest ? `; did you mean ${f.nearest}?` : ''}`,
  cause: 'The name is misspelt, or it belongs to another version of bootfleet.',
  next: () => 'See: bootfleet --help',
  example: { command: 'statsu', nearest: 'status' },
});
