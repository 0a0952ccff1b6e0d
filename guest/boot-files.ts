import { join } from 'node:path';
import { cacheFolder } from '../contracts/environment.ts';
import { fetchKernel, type Kernel } from './debian/kernel.ts';
import { renderCpio } from './filesystem/cpio.ts';
import type { FileTree } from './filesystem/tree.ts';
import { type BootFiles, packBootFiles } from './pack-boot-files.ts';

export type { BootFiles } from './pack-boot-files.ts';

/**
 * Puts Debian's kernel and a ramdisk into `<cache>/<name>/<digest>/`, or finds them there. The same packages and
 * sources give the same bytes.
 *
 * @param name folder in the cache. Example: `writer`.
 * @param treeFor makes the ramdisk's content for that kernel.
 * @param cache default `$BOOTFLEET_CACHE`.
 * @throws BF1930 to BF1933 when apt, dpkg or a package is missing.
 */
export async function buildBootFiles(
  name: string,
  treeFor: (kernel: Kernel, cache: string) => Promise<FileTree>,
  cache = cacheFolder(),
): Promise<BootFiles> {
  const kernel = await fetchKernel(cache);
  const archive = renderCpio(await treeFor(kernel, cache));
  return await packBootFiles(join(cache, name), kernel.image, archive);
}
