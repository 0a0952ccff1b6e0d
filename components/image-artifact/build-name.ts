import path from 'node:path';

/**
 * The build that an image file is called after, as resflash names its files: `...-YYYYMMDD_HHMM...`. It is what
 * `build date` in /resflash/BUILD says on a machine that runs it. Empty for other names: then nothing is compared.
 *
 * @example buildName('images/edge-20261121_0900.img') // '20261121_0900'
 */
export function buildName(file: string): string {
  return /(?:^|-)(\d{8}_\d{4})(?![0-9])/.exec(path.basename(file))?.[1] ?? '';
}
