import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { execa } from 'execa';
import { BootfleetError } from '../../errors/error.ts';
import { hostToolMissing, packageFileMissing, packageUnavailable } from '../../errors/setup.ts';
import type { FileTree } from '../filesystem/tree.ts';
import { fetchWithNeeds, type Fetch } from './closure.ts';
import { moduleName, orderModules, parseModuleDependencies } from './modules.ts';
import { fetchPackages, likelyFirst, type DebianPackage } from './packages.ts';
import { kernelNeeds } from './relations.ts';

/** A kernel and its modules. */
export interface Kernel {
  /** E.g. `6.1.0-56-cloud-amd64`. */
  readonly release: string;
  /** File of the bzImage. */
  readonly image: string;
  /** Module files by module name (underscores); some distributions compress them. */
  readonly modules: ReadonlyMap<string, string>;
  /** Names of modules that are part of the image. */
  readonly builtIn: ReadonlySet<string>;
}

/**
 * Packages that depend on a distribution's current kernel, the smallest first: Debian's and Ubuntu's for virtual machines, then
 * those with every driver.
 */
export const kernelCandidates = [
  'linux-image-cloud-amd64',
  'linux-image-virtual',
  'linux-image-generic',
  'linux-image-amd64',
] as const;

/** What every guest of ours loads: disks, networks, and the file systems of its EFI partition. */
export const neededModules = [
  'virtio_pci', 'virtio_blk', 'virtio_scsi', 'sd_mod', 'virtio_net', 'virtio_rng', 'vfat', 'nls_ascii', 'nls_cp437', 'loop',
] as const; // prettier-ignore

/**
 * Fetches the current kernel of the host's release: the first of the candidates that the archive has and that has, built in or
 * as a module, what guests need.
 *
 * @throws as `fetchPackages`; BF1933 for a driver that no candidate has.
 */
export async function fetchKernel(cache?: string): Promise<Kernel> {
  return chooseKernel(await likelyFirst(kernelCandidates, cache), { cache });
}

/** The first of several packages whose kernel has what guests need; see `fetchKernel`. */
export async function chooseKernel(
  candidates: readonly string[],
  { cache, fetch = fetchPackages }: { readonly cache?: string | undefined; readonly fetch?: Fetch } = {},
): Promise<Kernel> {
  let last: unknown;
  for (const candidate of candidates) {
    try {
      const kernel = await kernelOf(await fetchWithNeeds([candidate], { cache, follow: kernelNeeds, fetch }));
      const lacking = neededModules.find((name) => !kernel.modules.has(name) && !kernel.builtIn.has(name));
      if (lacking === undefined) return kernel;
      last = packageFileMissing({ file: `${lacking}.ko`, package: candidate });
    } catch (thrown) {
      if (!(thrown instanceof BootfleetError) || thrown.code !== packageUnavailable.definition.code)
        throw thrown;
      // What the first one lacked says more than that the archive has no other.
      last ??= thrown;
    }
  }
  throw last;
}

/** Finds image and modules in the packages of one kernel. */
async function kernelOf(packages: readonly DebianPackage[]): Promise<Kernel> {
  const imagePackage = packages.find(({ folder }) => existsSync(join(folder, 'boot')));
  const names = packages.map(({ name }) => name).join(', ');
  const image =
    imagePackage &&
    (await readdir(join(imagePackage.folder, 'boot'))).find((name) => name.startsWith('vmlinuz-'));
  if (imagePackage === undefined || image === undefined)
    throw packageFileMissing({ file: 'boot/vmlinuz-*', package: names });
  const release = image.replace(/^vmlinuz-/, '');
  const modules = new Map<string, string>();
  const builtIn = new Set<string>();
  // Newer releases have no folder /lib any more.
  const folders = packages.flatMap(({ folder }) =>
    ['lib', 'usr/lib'].map((at) => join(folder, at, 'modules', release)),
  );
  for (const folder of folders.filter((one) => existsSync(one))) {
    for (const file of await readdir(folder, { recursive: true, withFileTypes: true }))
      if (moduleFile.test(file.name)) modules.set(moduleName(file.name), join(file.parentPath, file.name));
    const list = join(folder, 'modules.builtin');
    if (!existsSync(list)) continue;
    for (const line of (await readFile(list, 'utf8')).split('\n'))
      if (line !== '') builtIn.add(moduleName(line.slice(line.lastIndexOf('/') + 1)));
  }
  return { release, image: join(imagePackage.folder, 'boot', image), modules, builtIn };
}

const moduleFile = /\.ko(?:\.zst|\.xz|\.gz)?$/;

/**
 * Puts modules and all they need into a ramdisk: `modules/NN-name.ko`, numbered in the order for insmod, never compressed. What
 * the kernel has built in is left out.
 *
 * @param folder where they go; default `modules`.
 * @throws BF1933 for a module that the kernel does not have.
 */
export async function addModules(
  tree: FileTree,
  kernel: Kernel,
  wanted: readonly string[],
  folder = 'modules',
): Promise<void> {
  const contents = new Map<string, Buffer>();
  const load = async (name: string): Promise<void> => {
    if (contents.has(name) || kernel.builtIn.has(name)) return;
    const file = kernel.modules.get(name);
    if (!file) throw packageFileMissing({ file: `${name}.ko`, package: `linux-image-${kernel.release}` });
    const content = await moduleContent(file);
    contents.set(name, content);
    for (const needed of parseModuleDependencies(content)) await load(needed);
  };
  for (const name of wanted) await load(moduleName(name));
  const ordered = orderModules(
    wanted.filter((name) => contents.has(moduleName(name))),
    (name) =>
      parseModuleDependencies(contents.get(name) ?? Buffer.alloc(0)).filter((needed) => contents.has(needed)),
  );
  for (const [i, name] of ordered.entries())
    tree.file(`${folder}/${String(i).padStart(2, '0')}-${name}.ko`, contents.get(name) ?? '', 0o644);
}

/** A module as the kernel loads it: a ramdisk's insmod unpacks nothing. @throws BF1930 without xz for modules that need it */
export async function moduleContent(file: string): Promise<Buffer> {
  const packed = await readFile(file);
  if (file.endsWith('.zst')) return zstdDecompressSync(packed);
  if (file.endsWith('.gz')) return gunzipSync(packed);
  if (!file.endsWith('.xz')) return packed;
  const { stdout, exitCode } = await execa('xz', ['--decompress', '--stdout'], {
    input: packed,
    encoding: 'buffer',
    reject: false,
  });
  if (exitCode === undefined) throw hostToolMissing({ program: 'xz', package: 'xz-utils' });
  if (exitCode !== 0) throw packageFileMissing({ file: `whole ${file}`, package: 'the kernel' });
  return Buffer.from(stdout);
}
