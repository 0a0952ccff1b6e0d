import { existsSync } from 'node:fs';
import { execa } from 'execa';
import { BootfleetError } from '../../../errors/error.ts';
import { packagesMissing } from '../../../errors/setup.ts';
import { findCommand } from '../find-command.ts';
import { runTool } from '../run-tool.ts';
import { say, withProgress } from '../say.ts';
import { decideApt } from './decide.ts';
import { requiredPackages } from './required.ts';

/** The required packages that are not here, judged by their files: the same on every distribution. */
export function missingPackages(exists: (file: string) => boolean = existsSync): string[] {
  return requiredPackages.filter((one) => !one.files.some((file) => exists(file))).map((one) => one.name);
}

/**
 * Installs what is missing, with apt.
 * @param extra further packages that one run needs (golang-go where a tool has to be built).
 * @throws BF1905 with the exact list where nothing can be installed; BF1902 when apt fails.
 */
export async function ensurePackages(
  wanted: readonly string[] = missingPackages(),
  tool = 'system packages',
): Promise<void> {
  const way = decideApt({
    missing: wanted,
    hasApt: findCommand('apt-get') !== undefined,
    isRoot: process.getuid?.() === 0,
    canSudo: wanted.length > 0 && (await sudoAsksNothing()),
  });
  if (way.way === 'refuse') throw packagesMissing({ packages: way.packages.join(' '), why: way.why });
  if (way.way === 'nothing') {
    say(tool, 'all here');
    return;
  }
  say(tool, `installing with apt: ${way.packages.join(' ')}`);
  const apt = (args: readonly string[], limit: number): Promise<string> => {
    const options = [
      '-o',
      'Acquire::http::Timeout=15',
      '-o',
      'Acquire::Retries=2',
      '-o',
      'DPkg::Lock::Timeout=300',
      '-qq',
    ];
    const command = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...options, ...args];
    const [file = '', ...rest] = way.sudo ? ['sudo', '-n', ...command] : command;
    return runTool(file, rest, { limit });
  };
  const install = ['install', '-y', '--no-install-recommends', ...way.packages];
  await withProgress(tool, 'installing', async () => {
    try {
      await apt(install, 1200);
    } catch (error) {
      // No package lists yet, or lists that name files which are gone: a fresh machine has either.
      if (!(error instanceof BootfleetError)) throw error;
      await apt(['update'], 180);
      await apt(install, 1200);
    }
  });
}

async function sudoAsksNothing(): Promise<boolean> {
  if (findCommand('sudo') === undefined) return false;
  const { exitCode } = await execa('sudo', ['-n', 'true'], { reject: false, stdin: 'ignore', timeout: 5000 });
  return exitCode === 0;
}
