import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { checkout } from '../../scripts/setup/folders.ts';
import { quickImage } from '../../test/guest/support/quick-image.ts';

/**
 * Builds `images/one.img` and `images/two.img` in a folder, with keys in `keys/`. No date stands in their names: machines
 * that only play a boot do not say which build they run, and are believed only if the name says nothing either.
 */
export async function makeFaultImages(folder: string): Promise<void> {
  const images = join(folder, 'images');
  await mkdir(images, { recursive: true });
  for (const [version, name] of [['1', 'one'], ['2', 'two']] as const) {
    const out = join(folder, name);
    const words = ['--version', version, '--out', out, '--keys', join(folder, 'keys'), ...quickImage];
    await execa(process.execPath, ['guest/appliance/build.ts', ...words], { cwd: checkout, stdin: 'ignore' });
    await rename(join(out, `edge-2026112${version}_0900.img`), join(images, `${name}.img`));
    await rm(out, { recursive: true });
  }
} // prettier-ignore
