/** What a record says about its disk: whole, or still being made. */
export type KnownDisk = 'whole' | 'unfinished';

/** What is to be done with a file of the folder of disks at a start of the daemon. */
export type Treatment =
  | { readonly kind: 'keep' }
  | { readonly kind: 'remove' | 'aside'; readonly why: string }
  | { readonly kind: 'rename'; readonly to: string; readonly why: string };

const keep: Treatment = { kind: 'keep' };

/**
 * Decides over one file by its name: `<id>.raw` is a disk, `<id>.part` one that is being made, `<id>.gone` one that is
 * being deleted. Only what its own name calls unfinished or deleted is ever removed; that a record is missing is no
 * reason to. Pure.
 *
 * @param known ids of all records with a disk.
 * @param names all files of the folder.
 */
export function treatmentOf(
  name: string,
  known: ReadonlyMap<string, KnownDisk>,
  names: readonly string[],
): Treatment {
  const [, id = '', ending] = /^(.+)\.(raw|part|gone)$/.exec(name) ?? [];
  const record = known.get(id);
  const whole = `${id}.raw`;
  switch (ending) {
    case 'raw':
      return record === undefined ? { kind: 'aside', why: 'no volume or snapshot has it: set aside' } : keep;
    case 'part':
      // Its record was written after the disk was made, and the last step is missing.
      if (record === 'whole' && !names.includes(whole))
        return { kind: 'rename', to: whole, why: 'was made, now in its place' };
      return { kind: 'remove', why: 'was never finished: removed' };
    case 'gone':
      if (record !== undefined && !names.includes(whole))
        return { kind: 'rename', to: whole, why: 'was not deleted after all, put back' };
      return { kind: 'remove', why: 'was being deleted: removed' };
    default:
      return keep;
  }
}
