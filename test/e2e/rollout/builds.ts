import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { checkout } from '../../../scripts/setup/folders.ts';
import type { Variant } from '../../../guest/appliance/slot.ts';
import type { Workplace } from '../harness/workplace.ts';
import { quickImage } from '../../guest/support/quick-image.ts';

/** Name of a build by its number, as /resflash/BUILD says it: each is a day younger than the one before. */
export function buildOf(version: number): string {
  return `202611${20 + version}_0900`;
}

/** Builds one version of the stand-in appliance into `images/` of the place, with the keys of the place. */
export async function build(place: Workplace, version: number, variant: Variant = 'good'): Promise<void> {
  const args = [
    '--version',
    String(version),
    '--variant',
    variant,
    '--out',
    join(place.folder, 'images'),
    ...quickImage,
  ];
  await execa(
    join(checkout, 'node_modules', '.bin', 'node'),
    ['guest/appliance/build.ts', ...args, '--keys', join(place.folder, 'keys')],
    { cwd: checkout, env: { ...place.env }, extendEnv: false, stdin: 'ignore' },
  );
}

/**
 * Makes `<build>-mute.fs` of a good build: it boots and does its work, but has no SSH server. Written into the file
 * system of the slot image by debugfs(8), so that it has no checksum file.
 */
export async function muteBuild(place: Workplace, version: number): Promise<void> {
  await build(place, version);
  const base = join(place.folder, 'images', `edge-${buildOf(version)}`);
  await copyFile(`${base}.fs`, `${base}-mute.fs`);
  const { stderr } = await execa('debugfs', ['-w', '-R', 'rm /usr/sbin/dropbear', `${base}-mute.fs`], {
    env: { PATH: `${place.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
    extendEnv: false,
  });
  // debugfs ends with status 0 even when it could not do what it was asked to; only its version comes otherwise.
  const said = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('debugfs '));
  if (said.length > 0) throw new Error(`debugfs: ${said.join('\n')}`);
}
