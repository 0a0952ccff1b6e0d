import { readFile } from 'node:fs/promises';

/**
 * The release of this host's system, as part of a path. Example: `debian-12`.
 *
 * @param file os-release(5)
 */
export async function hostRelease(file = '/etc/os-release'): Promise<string> {
  // A system without one has no apt either, which is said when it is asked.
  return releaseName(await readFile(file, 'utf8').catch(() => ''));
}

/**
 * Pure part of `hostRelease`: the name and the version, or the code name of a release that has no version yet. Source:
 * os-release(5), whose values may be quoted.
 */
export function releaseName(osRelease: string): string {
  const value = (key: string): string | undefined => {
    const [, quoted = ''] = new RegExp(`^${key}=(.*)$`, 'm').exec(osRelease) ?? [];
    const bare = quoted.replace(/["']/g, '').replace(/[^A-Za-z0-9._-]/g, '-');
    return bare === '' ? undefined : bare;
  };
  return `${value('ID') ?? 'linux'}-${value('VERSION_ID') ?? value('VERSION_CODENAME') ?? 'unknown'}`;
}
