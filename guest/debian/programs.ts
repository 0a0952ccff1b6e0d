import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageFileMissing } from '../../errors/setup.ts';
import type { FileTree } from '../filesystem/tree.ts';
import { parseNeeded } from './elf.ts';
import type { DebianPackage } from './packages.ts';

const libraryFolders = ['lib/x86_64-linux-gnu'];

/**
 * Where a file may lie: releases differ in what they have moved from `/bin`, `/sbin` and `/lib` to the folders of that name in
 * `/usr` (UsrMerge), and installed systems know both names.
 */
export function merged(path: string): readonly string[] {
  const bare = path.replace(/^usr\//, '');
  return /^s?bin\/|^lib(?:64)?\//.test(bare) ? [path, path === bare ? `usr/${bare}` : bare] : [path];
}

/**
 * Copies programs out of packages into a tree together with the libraries they load, so that a ramdisk holds
 * these and nothing else.
 * @param programs paths as in the package, e.g. `usr/bin/zstd`.
 * @throws BF1933 when no package has a program or a library.
 */
export async function addPrograms(
  tree: FileTree,
  packages: readonly DebianPackage[],
  programs: readonly string[],
): Promise<void> {
  const all = packages.map((one) => one.name).join(', ');
  const locate = (candidates: readonly string[]): string => {
    for (const path of candidates.flatMap(merged))
      for (const one of packages) if (existsSync(join(one.folder, path))) return join(one.folder, path);
    throw packageFileMissing({ file: candidates[0] ?? '', package: all });
  };
  const add = async (path: string, host: string): Promise<void> => {
    if (tree.get(path)) return;
    const data = await readFile(host);
    tree.file(path, data, 0o755);
    const { libraries, loader } = parseNeeded(data);
    for (const name of libraries)
      await add(`lib/x86_64-linux-gnu/${name}`, locate(libraryFolders.map((folder) => `${folder}/${name}`)));
    if (loader)
      await add(
        loader.slice(1),
        locate([`lib/x86_64-linux-gnu/${loader.split('/').pop() ?? ''}`, loader.slice(1)]),
      );
  };
  for (const path of programs) await add(path, locate([path]));
}
