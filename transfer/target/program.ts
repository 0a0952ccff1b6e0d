import { readdir, readFile } from 'node:fs/promises';

/**
 * Reads a program of the given length from standard input and runs it; what follows on standard input is the program's.
 * Unbuffered reads, so that not one byte too many is taken. Nothing is written to the machine's disk.
 */
const loader =
  'my $n = shift; my $p = ""; while (length $p < $n) { my $r = sysread STDIN, $p, $n - length $p, length $p; ' +
  'exit 4 unless $r } eval $p; if ($@) { print STDERR $@; exit 5 }';

let joined: Promise<Buffer> | undefined;

/** The agent's program text: the numbered files in order, without comments and indentation, which nobody reads there. */
export function agentProgram(): Promise<Buffer> {
  joined ??= join(new URL('agent/', import.meta.url));
  return joined;
}

async function join(folder: URL): Promise<Buffer> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.pl')).sort();
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, folder), 'utf8')));
  const lines = texts
    .join('\n')
    .split('\n')
    .map((line) => line.trim());
  return Buffer.from(`${lines.filter((line) => line !== '' && !line.startsWith('#')).join('\n')}\n`);
}

/** Arguments of a command: plain `key=value`, passed as they are and never read by a shell. */
export type AgentArguments = Readonly<Record<string, string | number>>;

/**
 * The command line that starts the agent; `agentProgram` goes to its standard input first.
 *
 * @example agentCommand(9000, 'compare', { slot: 'e' })
 */
export function agentCommand(length: number, command: string, given: AgentArguments): readonly string[] {
  const pairs = Object.entries({ command, ...given }).map(([key, value]) => `${key}=${value}`);
  return ['perl', '-e', loader, '--', String(length), ...pairs];
}
