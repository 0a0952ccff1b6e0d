import path from 'node:path';
import { readFleetFile } from '../stacks/load.ts';
import { stackFleetFile } from './stack-fleet-file.ts';
import { defineCommand } from './command.ts';
import { stackOf } from './stack-name.ts';
import { printJson, printLine } from './output.ts';

/** `bootfleet validate`: reads a fleet file and says everything that is wrong with it. */
export const command = defineCommand({
  name: 'validate',
  summary: 'check a fleet file, without Pulumi and without a cloud',
  takes: ['[stack]'],
  about: `Checks the fleet file of a stack (default: local), stacks/<stack>.fleet.yaml: its form, its names, and that
the files it names exist. Every problem is shown with its line. Asks no cloud and changes nothing.`,
  options: {
    file: { value: 'PATH', says: 'check this file instead' },
    json: { says: '{ "file", "valid", "problems": [...] }' },
  },
  after: 'Exit status: 0 when the file is valid, 1 when it is not.',
  examples: ['bootfleet validate', 'bootfleet validate production --json'],
  run({ values, positionals }) {
    const stack = stackOf('validate', positionals);
    const file = stackFleetFile(stack, values.file);
    const result = readFleetFile(file, stack.given);
    const shown = path.relative(process.cwd(), file) || file;
    if ('problems' in result) {
      if (values.json) printJson({ file: shown, valid: false, problems: result.problems });
      else for (const { message } of result.problems) process.stderr.write(`${message}\n`);
      return Promise.resolve(1);
    }
    const { images, servers } = result.fleet;
    if (values.json)
      printJson({ file: shown, valid: true, problems: [], images: images.length, servers: servers.length });
    else
      printLine(`${shown} is valid: ${count(servers.length, 'server')}, ${count(images.length, 'image')}.`);
    return Promise.resolve(0);
  },
});

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
