import path from 'node:path';

/**
 * The build that an image's files are called after. resflash's names end in `-YYYYMMDD_HHMM`; with any other name the
 * build is the `fs` file's (or the `img` file's) name without its suffixes.
 *
 * @example buildName('images/edge-20261121_0900.img') // '20261121_0900'
 */
export function buildName(img: string, fs?: string): string {
  const name = path
    .basename(fs ?? img)
    .replace(/\.(gz|zst)$/, '')
    .replace(/\.(img|fs|raw)$/, '');
  return /(?:^|-)(\d{8}_\d{4})$/.exec(name)?.[1] ?? name;
}
