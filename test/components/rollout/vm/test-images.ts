import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { quickBoot } from '../../../guest/support/quick-image.ts';

/** A stand-in build as files. */
export interface TestImage {
  readonly build: string;
  readonly img: string;
  readonly fs: string;
}

const project = new URL('../../../..', import.meta.url).pathname;

/**
 * Builds of the stand-in appliance, made once a folder. Version 1 is 20261121_0900, each further one a day later.
 *
 * @param slotMb size of a slot; smaller ones are written, hashed and read sooner. One size a folder.
 */
export function testImage(folder: string, version: number, variant = 'good', slotMb = 48): TestImage {
  const day = String(20 + version).padStart(2, '0');
  const build = `202611${day}_0900`;
  const base = path.join(folder, `edge-${build}${variant === 'good' ? '' : `-${variant}`}`);
  if (!existsSync(`${base}.fs.cksum`)) {
    const script = path.join(project, 'guest/appliance/build.ts');
    const words = [
      '--version',
      String(version),
      '--variant',
      variant,
      '--out',
      folder,
      '--keys',
      path.join(folder, 'keys'),
      '--slot-mb',
      String(slotMb),
      ...quickBoot,
    ];
    execFileSync(process.execPath, [script, ...words], {
      cwd: project,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  return { build, img: `${base}.img`, fs: `${base}.fs` };
}
