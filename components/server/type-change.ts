import { serverTypeNamed } from '../../clouds/scaleway/server-types.ts';

/** Whether a server of this type has a local disk (`l_ssd`); all others have block storage. */
export function hasLocalDisk(type: string): boolean {
  return serverTypeNamed(type)?.storage === 'l_ssd';
}

/** What the state says of a server. */
export interface ServerNow {
  readonly type: string;
  /** As its arguments had it; absent in states of older versions. */
  readonly replaceOnTypeChange?: boolean | undefined;
}

/**
 * Whether another type makes another server. Pure. Local volumes have to fit the type, and the provider refuses one that
 * they do not fit; so a server that has a local disk, or shall have one, is replaced together with it. From block storage
 * to block storage a server is changed in place and keeps its disk.
 *
 * @param now the server as it is; `undefined` for a new one. Without a change of type it says what it said, so that an
 * update after a change has nothing to do.
 */
export function replacesOnTypeChange(type: string, now?: ServerNow): boolean {
  if (now === undefined) return hasLocalDisk(type);
  if (now.type === type) return now.replaceOnTypeChange ?? hasLocalDisk(type);
  return hasLocalDisk(type) || hasLocalDisk(now.type);
}
