import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BootfleetError } from '../../errors/error.ts';
import { packageUnavailable } from '../../errors/setup.ts';
import { fetchPackages, type DebianPackage } from './packages.ts';
import { libraryNeeds } from './relations.ts';

/** Fetches packages by name; `fetchPackages` but for tests. */
export type Fetch = (names: readonly string[], cache?: string) => Promise<readonly DebianPackage[]>;

/** Which needs of a package are followed, by its control file. */
export type Follow = (control: string) => readonly (readonly string[])[];

/**
 * Fetches packages and, through their needs, what else is wanted of the archive: by default their shared libraries, so that no
 * name with a library's version in it has to be known. Of alternatives the first is taken that there is.
 *
 * @throws as `fetchPackages`; BF1932 for a need none of whose alternatives can be fetched.
 */
export async function fetchWithNeeds(
  names: readonly string[],
  {
    cache,
    follow = libraryNeeds,
    fetch = fetchPackages,
  }: { readonly cache?: string | undefined; readonly follow?: Follow; readonly fetch?: Fetch } = {},
): Promise<readonly DebianPackage[]> {
  const found = new Map<string, DebianPackage>();
  let wave = await fetch(names, cache);
  while (wave.length > 0) {
    for (const one of wave) found.set(one.name, one);
    const controls = await Promise.all(wave.map(controlOf));
    const needs = controls
      .flatMap(follow)
      .filter((alternatives) => !alternatives.some((name) => found.has(name)));
    wave = await satisfy(needs, cache, fetch);
  }
  return [...found.values()];
}

/** All that have one name only at once; those with alternatives one by one. */
async function satisfy(
  needs: readonly (readonly string[])[],
  cache: string | undefined,
  fetch: Fetch,
): Promise<readonly DebianPackage[]> {
  const single = [...new Set(needs.filter(({ length }) => length === 1).flat())];
  const got = single.length === 0 ? [] : [...(await fetch(single, cache))];
  for (const alternatives of needs.filter(({ length }) => length > 1)) {
    if (alternatives.some((name) => got.some((one) => one.name === name))) continue;
    got.push(await firstOf(alternatives, cache, fetch));
  }
  return got;
}

/** The first of several packages that the archive has. @throws BF1932 when it has none */
export async function firstOf(
  names: readonly string[],
  cache?: string,
  fetch: Fetch = fetchPackages,
): Promise<DebianPackage> {
  let last: unknown;
  for (const name of names) {
    try {
      const [one] = await fetch([name], cache);
      if (one !== undefined) return one;
    } catch (thrown) {
      if (!(thrown instanceof BootfleetError) || thrown.code !== packageUnavailable.definition.code)
        throw thrown;
      last = thrown;
    }
  }
  throw last;
}

/** A package's control file. */
export async function controlOf({ folder }: DebianPackage): Promise<string> {
  return readFile(join(folder, 'DEBIAN/control'), 'utf8');
}
