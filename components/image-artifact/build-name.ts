import path from 'node:path';

/**
 * The build that an image file is called after: a date and time as resflash writes them (`YYYYMMDD_HHMM`), set apart by
 * anything but a digit. It is what `build date` in /resflash/BUILD says on a machine that runs it.
 *
 * `undefined` for every other name: the build is unknown. A version in a name (`edge-v2.3.1.img`) is not taken, because
 * BUILD files say a date in most images: a machine would boot what it shall and be brought back for its name. Who calls
 * files after versions says in the fleet file what BUILD says (`images.<name>.build`).
 *
 * @example buildName('images/edge-20261121_0900.img') // '20261121_0900'
 * @example buildName('images/edge_20261121_0900.fs.gz') // '20261121_0900'
 * @example buildName('images/edge-v2.fs') // undefined
 */
export function buildName(file: string): string | undefined {
  return /(?<!\d)(\d{8}_\d{4})(?!\d)/.exec(path.basename(file))?.[1];
}
