import { type BootFiles, buildBootFiles } from '../boot-files.ts';
import { buildRamdiskTree } from './ramdisk-tree.ts';

/** The flash writer, ready to be loaded by iPXE. */
export type Writer = BootFiles;

/**
 * Builds the flash writer from Debian packages into `<cache>/writer/<digest>/`, or finds it there. Its orders and its
 * answers: docs/architecture.md.
 *
 * @param cache default `$BOOTFLEET_CACHE`.
 * @throws BF1930 to BF1933 when apt, dpkg or a package is missing.
 * @example const { kernel, initrd, digest } = await buildWriter();
 */
export async function buildWriter(cache?: string): Promise<Writer> {
  return await buildBootFiles('writer', buildRamdiskTree, cache);
}
