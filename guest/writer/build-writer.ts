import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { constants, zstdCompressSync } from 'node:zlib';
import { cacheFolder } from '../debian/cache.ts';
import { fetchKernel } from '../debian/kernel.ts';
import { renderCpio } from '../filesystem/cpio.ts';
import { buildRamdiskTree } from './ramdisk-tree.ts';

/** The flash writer, ready to be loaded by iPXE. */
export interface Writer {
  /** Files `vmlinuz` and `initrd`. */
  readonly kernel: string;
  readonly initrd: string;
  /** SHA-256 over both, in hex: its name wherever it is stored. */
  readonly digest: string;
}

/**
 * Builds the flash writer from Debian packages into `<cache>/writer/<digest>/`, or finds it there. The same
 * packages and sources give the same bytes. Its orders and its answers: docs/architecture.md.
 *
 * @param cache default `$BOOTFLEET_CACHE`.
 * @throws BF1930 to BF1933 when apt, dpkg or a package is missing.
 * @example const { kernel, initrd, digest } = await buildWriter();
 */
export async function buildWriter(cache = cacheFolder()): Promise<Writer> {
  const kernel = await fetchKernel(cache);
  const archive = renderCpio(await buildRamdiskTree(kernel, cache));
  const initrd = zstdCompressSync(archive, { params: { [constants.ZSTD_c_compressionLevel]: 12 } });
  const digest = createHash('sha256')
    .update(await readFile(kernel.image))
    .update(initrd)
    .digest('hex');
  const home = join(cache, 'writer');
  const folder = join(home, digest);
  if (!existsSync(folder)) {
    await mkdir(home, { recursive: true });
    const partial = await mkdtemp(join(home, '.new-'));
    await copyFile(kernel.image, join(partial, 'vmlinuz'));
    await writeFile(join(partial, 'initrd'), initrd);
    // Whoever comes second finds the same bytes there.
    await rename(partial, folder).catch(() => rm(partial, { recursive: true, force: true }));
  }
  return { kernel: join(folder, 'vmlinuz'), initrd: join(folder, 'initrd'), digest };
}
