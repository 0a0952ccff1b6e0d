import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageFileMissing } from '../../errors/setup.ts';
import type { DebianPackage } from './packages.ts';

const library = 'usr/lib/x86_64-linux-gnu/perl';

/**
 * The folder with perl's compiled modules beyond perl-base, in whichever package has it: its name and the folder's hold perl's
 * version (`libperl5.36` with `perl/5.36.0`, `libperl5.38t64` with `perl/5.38.2`).
 *
 * @param packages with `perl` and its libraries, see `fetchWithNeeds`
 * @throws BF1933
 */
export function perlModuleFolder(packages: readonly DebianPackage[]): string {
  for (const { name, folder } of packages) {
    const at = join(folder, library);
    if (!/^libperl\d/.test(name) || !existsSync(at)) continue;
    // Beside it may lie a link `5.36`, which is not in every package.
    const version = readdirSync(at).find((entry) => /^\d+\.\d+\.\d+$/.test(entry));
    if (version !== undefined) return join(at, version);
  }
  throw packageFileMissing({
    file: `${library}/<version>`,
    package: packages.map(({ name }) => name).join(', '),
  });
}
