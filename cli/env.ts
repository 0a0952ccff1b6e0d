import { defineCommand } from './command.ts';
import { fleetFileOption } from './fleet-arguments.ts';
import { printJson, printLine } from './output.ts';
import { stackEnvironment } from './stack-environment.ts';
import { stackOf } from './stack-name.ts';

/** The line of a POSIX shell that sets a variable to exactly this text, or sees to it that it is not set. */
export function exportLine(name: string, value: string | undefined): string {
  if (value === undefined) return `unset ${name}`;
  return `export ${name}='${value.replaceAll("'", `'\\''`)}'`;
}

/** `bootfleet env`: the environment to run `pulumi` by hand with. */
export const command = defineCommand({
  name: 'env',
  summary: 'print the environment for running pulumi by hand',
  takes: ['[stack]'],
  about: `Prints the variables that \`pulumi\` needs for this project, as lines for a shell: PATH with the Pulumi CLI that set-up
found or brought, PULUMI_HOME with the provider plugin, the state's folder and, unless one is set, the passphrase of
the stack \`local\` (which is no secret: that stack never leaves this machine). What you have set yourself stays, but for this:

To the provider plugin, SCW_* count for more than what the stack says, and \`pulumi destroy\` and \`pulumi refresh\` run no
program that could refuse them. Those that would send it to another cloud than the stack's (default: local) are therefore
unset: with \`endpoint: local\` all of them, else an API, a zone and a region that are not the fleet file's. Your keys for the
real cloud stay with \`bootfleet env <stack>\`.`,
  options: {
    file: fleetFileOption,
    json: { says: 'one JSON object instead of shell lines; null for what is unset' },
  },
  examples: ['eval "$(bootfleet env)"', 'eval "$(bootfleet env production)"'],
  async run({ values, positionals }) {
    const stack = stackOf('env', positionals);
    const variables = await stackEnvironment(stack, values.file);
    const unset = Object.keys(variables).filter((name) => variables[name] === undefined);
    if (unset.length > 0)
      process.stderr.write(
        `${unset.join(', ')}: unset, or they would count for more than the stack ${stack.given} says\n`,
      );
    if (values.json)
      printJson(Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, value ?? null])));
    else for (const [name, value] of Object.entries(variables)) printLine(exportLine(name, value));
    return 0;
  },
});
