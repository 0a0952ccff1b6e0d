import { pulumiEnvironment } from '../scripts/setup/pulumi/environment.ts';
import { type Command, parseArguments, printJson, printLine } from './command.ts';

/** The line of a POSIX shell that sets a variable to exactly this text. */
export function exportLine(name: string, value: string): string {
  return `export ${name}='${value.replaceAll("'", `'\\''`)}'`;
}

/** `bootfleet env`: the environment to run `pulumi` by hand with. */
export const command: Command = {
  summary: 'print the environment for running pulumi by hand',
  help: `Usage: bootfleet env [--json]

Prints the variables that \`pulumi\` needs for this project, as lines for a shell: PATH with the Pulumi CLI that set-up
found or brought, PULUMI_HOME with the provider plugin, the state's folder and, unless one is set, the passphrase of
the stack \`local\` (which is no secret: that stack never leaves this machine). What you have set yourself stays.

Options:
  --json  one JSON object instead of shell lines

Examples:
  eval "$(bootfleet env)"
  pulumi preview --stack local`,
  async run(argv) {
    const { values } = parseArguments('env', argv, { json: { type: 'boolean' } });
    const variables = await pulumiEnvironment();
    if (values.json) printJson(variables);
    else for (const [name, value] of Object.entries(variables)) printLine(exportLine(name, value));
    return 0;
  },
};
