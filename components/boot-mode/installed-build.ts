import type { BootImage } from './args.ts';
import type { Note } from './note.ts';

/**
 * The build that was written to a machine's disk when it was installed last; upgrades and refreshes do not change it. Pure.
 * Empty when unknown.
 *
 * @param note the cloud's note before this boot: `flashed` says that nothing was upgraded since.
 * @param image what an installation would write now.
 * @param running what the machine runs.
 * @param known what was known of this installation before.
 */
export function installedBuild(
  note: Pick<Note, 'phase' | 'image'> | undefined,
  image: Pick<BootImage, 'sha256' | 'build'>,
  running: string,
  known: string | undefined,
): string {
  if (note?.phase === 'flashed' && running !== '') return running;
  if (known !== undefined && known !== '') return known;
  return note?.image === image.sha256 ? (image.build ?? '') : '';
}
