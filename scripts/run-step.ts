import { execa } from 'execa';
import { stepFailed } from '../errors/setup.ts';
import { checkout } from './setup/folders.ts';

/** One step of the demo: a program whose output the user sees as it comes. */
export interface Step {
  /** For the heading and for errors. Example: `pulumi up`. */
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Added to the environment; `undefined` takes away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Exit statuses that are fine; default: 0 alone. */
  readonly fine?: readonly number[];
}

/**
 * Runs a step in the checkout's folder. Ctrl-C reaches the program itself, which ends in its own way.
 * @param again the command that a user runs to go on. Example: `npm run demo`.
 * @throws BF1915
 */
export async function runStep({ name, command, env = {}, fine = [0] }: Step, again: string): Promise<void> {
  process.stdout.write(`\n== ${name}\n`);
  const [file, ...args] = command;
  const options = { cwd: checkout, env, stdio: 'inherit', reject: false } as const;
  const { exitCode, signal, failed, shortMessage = '' } = await execa(file, args, options);
  if (exitCode !== undefined && fine.includes(exitCode)) return;
  const how = exitCode !== undefined ? `status ${exitCode}` : (signal ?? (failed ? shortMessage : ''));
  throw stepFailed({ step: name, how, again });
}
