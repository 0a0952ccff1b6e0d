import packageJson from '../package.json' with { type: 'json' };
import { BootfleetError, describeError } from '../errors/error.ts';
import { HomeUnknown } from '../contracts/environment.ts';
import { homeUnknown, systemRefused } from '../errors/fleet-file.ts';
import { commandUnknown, usageWrong } from '../errors/setup.ts';
import { commands } from './commands.ts';
import { nearestWord } from '../errors/nearest-name.ts';
import { printJson, printLine } from './output.ts';

/** The list of commands: `bootfleet --help`. */
async function overview(): Promise<string> {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = [];
  for (const [name, load] of Object.entries(commands)) {
    lines.push(`  ${name.padEnd(width)}  ${(await load()).command.summary}`);
  }
  return `Usage: bootfleet <command> [arguments] [options]

Commands:
${lines.join('\n')}

Options:
  --help     help on bootfleet, or on a command: bootfleet <command> --help
  --version  the version of bootfleet
  --json     machine-readable output, where a command has it; errors too

Fleets are changed by Pulumi itself: pulumi preview, pulumi up, pulumi destroy.
The environment for it: eval "$(bootfleet env)"`;
}

/**
 * Runs one command line and returns its exit status: what the command says; 1 for an error that the user can act
 * on; 2 for a command line that is not understood; 70 (EX_SOFTWARE of sysexits.h) for a bug of ours.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  try {
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
      printLine(await overview());
      return name === undefined ? 2 : 0;
    }
    if (name === '--version') {
      printLine(packageJson.version);
      return 0;
    }
    const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!load)
      throw commandUnknown({ command: name, nearest: nearestWord(name, Object.keys(commands)) ?? '' });
    const { command } = await load();
    const ours = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
    if (ours.includes('--help') || ours.includes('-h')) {
      printLine(command.help);
      return 0;
    }
    return await command.run(rest);
  } catch (thrown) {
    return report(thrown, argv.includes('--json'));
  }
}

/** What people can mend themselves when the system refuses it: rights, space, what lies where. */
const refusals = [
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOSPC',
  'EDQUOT',
  'EISDIR',
  'ENOTDIR',
  'ENAMETOOLONG',
  'ELOOP',
];

/** A file that the system refused, or a home that nobody has, is no bug of ours, wherever it was noticed. */
function explained(thrown: unknown): unknown {
  if (!(thrown instanceof Error) || thrown instanceof BootfleetError) return thrown;
  if (thrown instanceof HomeUnknown)
    return homeUnknown({ user: process.getuid?.() ?? -1 }, { cause: thrown });
  const { code = '', syscall = '', path = '' } = thrown as NodeJS.ErrnoException;
  if (syscall === '' || !refusals.includes(code)) return thrown;
  return systemRefused({ call: syscall, file: path, code }, { cause: thrown });
}

function report(error: unknown, json: boolean): number {
  const thrown = explained(error);
  const expected = thrown instanceof BootfleetError;
  if (json && expected) printJson({ error: thrown.toJSON() });
  else process.stderr.write(`${describeError(thrown)}\n`);
  if (!expected) {
    process.stderr.write('This is a bug in bootfleet. Please report it with the lines above.\n');
    return 70;
  }
  return thrown.code === usageWrong.definition.code || thrown.code === commandUnknown.definition.code ? 2 : 1;
}

// A reader that goes away early (`bootfleet status | head -1`) is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

// Nobody is left to read it; the exit status still says how it went.
process.stderr.on('error', () => undefined);

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
