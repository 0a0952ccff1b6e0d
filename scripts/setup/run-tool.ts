import { execa, ExecaError } from 'execa';
import { toolFailed } from '../../errors/setup.ts';
import type { Environment } from './folders.ts';

/** How `runTool` runs; see there. */
export interface RunOptions {
  readonly cwd?: string;
  /** Added to this process's environment; `undefined` takes a variable away. */
  readonly env?: Environment;
  /** Seconds after which it is ended; default 60. */
  readonly limit?: number;
}

/**
 * Runs a program to its end and returns what it printed on standard output.
 * @throws BF1902 with the last lines of its output when it fails, is missing, or takes too long.
 */
export async function runTool(
  file: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { cwd, env = {}, limit = 60 } = options;
  try {
    const { stdout } = await execa(file, args, {
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...env },
      timeout: limit * 1000,
      stdin: 'ignore',
      all: true,
    });
    return stdout;
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    const printed = typeof error.all === 'string' ? error.all : '';
    const last = printed.trim().split('\n').slice(-12).join('\n    ');
    const reason = error.timedOut
      ? `did not end within ${limit} s`
      : error.exitCode === undefined
        ? error.originalMessage || error.shortMessage
        : `ended with status ${error.exitCode}`;
    throw toolFailed({ command: [file, ...args].join(' '), reason, output: last }, { cause: error });
  }
}
