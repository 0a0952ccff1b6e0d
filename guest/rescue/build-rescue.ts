import { type BootFiles, buildBootFiles } from '../boot-files.ts';
import { buildRescueTree } from './ramdisk-tree.ts';

/**
 * Builds the rescue stand-in from Debian packages into `<cache>/rescue/<digest>/`, or finds it there: a small Linux that
 * lives in memory, asks the cloud's metadata who may log in, and serves SSH.
 *
 * @param cache default `$BOOTFLEET_CACHE`.
 * @throws BF1930 to BF1933 when apt, dpkg or a package is missing.
 */
export async function buildRescue(cache?: string): Promise<BootFiles> {
  return await buildBootFiles('rescue', buildRescueTree, cache);
}
