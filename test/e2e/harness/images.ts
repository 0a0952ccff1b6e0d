import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { checkout } from '../../../scripts/setup/folders.ts';
import type { Workplace } from './workplace.ts';
import { quickImage } from '../../guest/support/quick-image.ts';

/** Dates that stand in the names of the builds. */
export const builds = { first: '20261121_0900', second: '20261122_0900' } as const;

/**
 * Builds stand-in images into `images/` of the place, with keys of its own in `keys/` (see docs/guest-stand-in.md).
 * Paths for the fleet file: `../images/edge-20261121_0900.img`, `../keys/edge_ed25519`.
 */
export async function buildImages(
  place: Workplace,
  wanted: readonly { version: number; variant?: 'no-boot' }[],
): Promise<void> {
  for (const { version, variant } of wanted) {
    const args = ['--version', String(version), '--out', join(place.folder, 'images')];
    const keys = ['--keys', join(place.folder, 'keys')];
    const more = [...quickImage, ...(variant === undefined ? [] : ['--variant', variant])];
    await execa(
      join(checkout, 'node_modules', '.bin', 'node'),
      ['guest/appliance/build.ts', ...args, ...keys, ...more],
      {
        cwd: checkout,
        env: { ...place.env },
        extendEnv: false,
        stdin: 'ignore',
      },
    );
  }
}

/**
 * Takes the date out of the name of the first build: machines that only play a boot do not say which build they run,
 * and are believed only if the name says nothing either. @returns the image, for a fleet file.
 */
export async function undatedImage(place: Workplace): Promise<{ readonly img: string }> {
  const folder = join(place.folder, 'images');
  await rename(join(folder, `edge-${builds.first}.img`), join(folder, 'edge.img'));
  return { img: '../images/edge.img' };
}
