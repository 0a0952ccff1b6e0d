import { execa, ExecaError } from 'execa';
import { hostToolMissing, hostToolFailed } from '../../errors/setup.ts';

/** How a host program is run; see `runTool`. */
export interface RunOptions {
  /** Debian package that holds the program, for the message when it is missing. */
  readonly package: string;
  readonly input?: Buffer | string;
  readonly env?: Readonly<Record<string, string>>;
  /** Seconds; default 120. */
  readonly timeout?: number;
}

/**
 * Runs a program of the host to its end, in the C locale, and returns what it printed.
 * @throws BF1930 when the program is not installed, BF1931 with its own words when it fails.
 */
export async function runTool(
  program: string,
  args: readonly string[],
  options: RunOptions,
): Promise<string> {
  try {
    const { stdout } = await execa(program, [...args], {
      timeout: (options.timeout ?? 120) * 1000,
      env: { LC_ALL: 'C', TZ: 'UTC', ...options.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
      ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    });
    return stdout;
  } catch (thrown) {
    if (!(thrown instanceof ExecaError)) throw thrown;
    if (thrown.code === 'ENOENT') throw hostToolMissing({ program, package: options.package });
    const { stderr }: { stderr?: unknown } = thrown;
    const said = typeof stderr === 'string' ? stderr.trim() : '';
    const words = (said === '' ? thrown.shortMessage : said).slice(-600);
    throw hostToolFailed({ program, words }, { cause: thrown });
  }
}
