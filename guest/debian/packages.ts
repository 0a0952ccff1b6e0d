import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BootfleetError } from '../../errors/error.ts';
import { packageUnavailable } from '../../errors/setup.ts';
import { cacheFolder } from '../../contracts/environment.ts';
import { hostRelease } from './release.ts';
import { runTool } from './run.ts';

/** A Debian package, unpacked but not installed. */
export interface DebianPackage {
  readonly name: string;
  /** As Debian writes it, e.g. `1:1.35.0-4+deb12u1`. */
  readonly version: string;
  /** Its files, as they would lie under `/`, and its control files in `DEBIAN/`. */
  readonly folder: string;
}

const aptOptions = [
  '-o',
  'Acquire::http::Timeout=15',
  '-o',
  'Acquire::Retries=2',
  '-o',
  'APT::Sandbox::User=root',
];

/**
 * Fetches packages with apt (which checks their signatures) and unpacks them under the cache. A package that is
 * there is not fetched again, as long as the host has the same release: those of another one must not be mixed with its
 * own. Nothing is installed, and no root rights are needed.
 *
 * @param osRelease where the host says its release; another file for tests.
 * @throws BF1932 naming the package when apt cannot get it and the cache has none; BF1930 without apt or dpkg.
 * @example const [kernel] = await fetchPackages(['linux-image-cloud-amd64']);
 */
export async function fetchPackages(
  names: readonly string[],
  cache = cacheFolder(),
  osRelease?: string,
): Promise<DebianPackage[]> {
  const home = await packagesFolder(cache, osRelease);
  const found = new Map<string, DebianPackage>();
  for (const known of await unpacked(home)) if (names.includes(known.name)) found.set(known.name, known);
  const missing = names.filter((name) => !found.has(name));
  if (missing.length > 0) {
    const downloads = await mkdtemp(join(home, '.download-'));
    try {
      await download(missing, downloads, home);
      for (const file of await readdir(downloads)) {
        if (!file.endsWith('.deb')) continue;
        const one = await unpack(join(downloads, file), home);
        found.set(one.name, one);
      }
    } finally {
      await rm(downloads, { recursive: true, force: true });
    }
  }
  return names.map((name) => {
    const one = found.get(name);
    if (!one)
      throw packageUnavailable({
        package: name,
        words: 'apt reported success but delivered no such package',
      });
    return one;
  });
}

/**
 * Names of packages, those first that were fetched before, then those that the host's package lists know: a name that the
 * archive does not have costs an update of the lists to find that out.
 */
export async function likelyFirst(
  names: readonly string[],
  cache = cacheFolder(),
): Promise<readonly string[]> {
  const home = await packagesFolder(cache);
  const fetched = new Set((await unpacked(home)).map(({ name }) => name));
  const listed = new Set((await runTool('apt-cache', ['pkgnames'], { package: 'apt' })).split('\n'));
  return likelyOrder(names, fetched, listed);
}

/** Pure part of `likelyFirst`; otherwise in the order given. */
export function likelyOrder(
  names: readonly string[],
  fetched: ReadonlySet<string>,
  listed: ReadonlySet<string>,
): readonly string[] {
  const rank = (name: string): number => (fetched.has(name) ? 0 : listed.has(name) ? 1 : 2);
  return names.toSorted((a, b) => rank(a) - rank(b));
}

/** Where the unpacked packages of the host's release are. What earlier versions left beside it has no release. */
async function packagesFolder(cache: string, osRelease?: string): Promise<string> {
  const home = join(cache, 'debian', await hostRelease(osRelease));
  await mkdir(home, { recursive: true });
  return home;
}

/** Packages whose unpacking was finished earlier; the newest of several versions by the name's order. */
async function unpacked(home: string): Promise<DebianPackage[]> {
  const entries = (await readdir(home)).filter((entry) => /^[a-z0-9][^_]*_[^_]+$/.test(entry)).sort();
  return entries.map((entry) => {
    const [name = '', version = ''] = entry.split('_');
    return { name, version: decodeURIComponent(version), folder: join(home, entry) };
  });
}

/** Downloads with the system's package lists, else (none, or too old) with lists of our own. */
async function download(names: readonly string[], into: string, home: string): Promise<void> {
  const apt = (args: readonly string[], timeout: number): Promise<string> =>
    // apt-get download knows no other target than the folder it runs in.
    runTool('sh', ['-c', 'cd "$1" && shift && exec apt-get "$@"', 'sh', into, ...aptOptions, ...args], {
      package: 'apt',
      timeout,
    });
  try {
    await apt(['download', ...names], 180);
    return;
  } catch (thrown) {
    if (!(thrown instanceof BootfleetError)) throw thrown;
  }
  const lists = join(home, '.apt-lists');
  await mkdir(join(lists, 'partial'), { recursive: true });
  const own = ['-o', `Dir::State::lists=${lists}`, '-o', `Dir::Cache=${join(home, '.apt-cache')}`];
  await mkdir(join(home, '.apt-cache', 'archives', 'partial'), { recursive: true });
  try {
    await apt([...own, 'update', '-qq'], 120);
    await apt([...own, 'download', ...names], 180);
  } catch (thrown) {
    if (!(thrown instanceof BootfleetError)) throw thrown;
    throw packageUnavailable(
      { package: names.join(', '), words: String(thrown.facts['words'] ?? thrown.summary) },
      { cause: thrown },
    );
  }
}

async function unpack(archive: string, home: string): Promise<DebianPackage> {
  const dpkg = (args: readonly string[]): Promise<string> => runTool('dpkg-deb', args, { package: 'dpkg' });
  const [name = '', version = ''] = (
    await dpkg(['--show', '--showformat', '${Package}\n${Version}', archive])
  ).split('\n');
  const folder = join(home, `${name}_${encodeURIComponent(version)}`);
  const partial = await mkdtemp(join(home, '.unpack-'));
  await dpkg(['--raw-extract', archive, join(partial, 'files')]);
  // The name appears only when the folder is whole; a second builder that was quicker wins.
  await rename(join(partial, 'files'), folder).catch(() => undefined);
  await rm(partial, { recursive: true, force: true });
  return { name, version, folder };
}
