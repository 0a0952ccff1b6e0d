import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageFileMissing } from '../../errors/setup.ts';
import type { FileTree } from '../filesystem/tree.ts';
import { moduleName, orderModules, parseModuleDependencies } from './modules.ts';
import { fetchPackages } from './packages.ts';

/** A kernel and its modules. */
export interface Kernel {
  /** E.g. `6.1.0-56-cloud-amd64`. */
  readonly release: string;
  /** File of the bzImage. */
  readonly image: string;
  /** Module files by module name (underscores). */
  readonly modules: ReadonlyMap<string, string>;
}

/** Debian's kernel for virtual machines: small, with the drivers of clouds' disks and networks. */
const metaPackage = 'linux-image-cloud-amd64';

/** Fetches the current cloud kernel of the host's Debian release. Errors as `fetchPackages`. */
export async function fetchKernel(cache?: string): Promise<Kernel> {
  const [meta] = await fetchPackages([metaPackage], cache);
  const control = await readFile(join(meta?.folder ?? '', 'DEBIAN/control'), 'utf8');
  const name = /^Depends:.*?(linux-image-[^ ,]+)/m.exec(control)?.[1];
  if (!name) throw packageFileMissing({ file: 'dependency on a kernel', package: metaPackage });
  const [found] = await fetchPackages([name], cache);
  const folder = found?.folder ?? '';
  const release = name.replace(/^linux-image-/, '');
  const files = await readdir(join(folder, 'lib/modules', release), { recursive: true, withFileTypes: true });
  const modules = new Map(
    files
      .filter((file) => file.name.endsWith('.ko'))
      .map((file) => [moduleName(file.name), join(file.parentPath, file.name)]),
  );
  return { release, image: join(folder, 'boot', `vmlinuz-${release}`), modules };
}

/**
 * Puts modules and all they need into a ramdisk: `modules/NN-name.ko`, numbered in the order for insmod.
 * @param folder where they go; default `modules`.
 * @throws BF1933 for a module that the kernel does not have.
 */
export async function addModules(
  tree: FileTree,
  kernel: Kernel,
  wanted: readonly string[],
  folder = 'modules',
): Promise<void> {
  const fileOf = (name: string): string => {
    const file = kernel.modules.get(name);
    if (!file) throw packageFileMissing({ file: `${name}.ko`, package: `linux-image-${kernel.release}` });
    return file;
  };
  const ordered = orderModules(wanted, (name) => parseModuleDependencies(readFileSync(fileOf(name))));
  for (const [i, name] of ordered.entries())
    await tree.addFile(`${folder}/${String(i).padStart(2, '0')}-${name}.ko`, fileOf(name), 0o644);
}
