import { pulumiEnvironment } from '../scripts/setup/pulumi/environment.ts';
import { defineCommand } from './command.ts';
import { printJson, printLine } from './output.ts';

/** The line of a POSIX shell that sets a variable to exactly this text. */
export function exportLine(name: string, value: string): string {
  return `export ${name}='${value.replaceAll("'", `'\\''`)}'`;
}

/** `bootfleet env`: the environment to run `pulumi` by hand with. */
export const command = defineCommand({
  name: 'env',
  summary: 'print the environment for running pulumi by hand',
  about: `Prints the variables that \`pulumi\` needs for this project, as lines for a shell: PATH with the Pulumi CLI that set-up
found or brought, PULUMI_HOME with the provider plugin, the state's folder and, unless one is set, the passphrase of
the stack \`local\` (which is no secret: that stack never leaves this machine). What you have set yourself stays.`,
  options: { json: { says: 'one JSON object instead of shell lines' } },
  examples: ['eval "$(bootfleet env)"', 'pulumi preview --stack local'],
  async run({ values }) {
    const variables = await pulumiEnvironment();
    if (values.json) printJson(variables);
    else for (const [name, value] of Object.entries(variables)) printLine(exportLine(name, value));
    return 0;
  },
});
