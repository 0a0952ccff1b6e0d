import { hasLocalDisk, replacesOnTypeChange } from '../../server/type-change.ts';

/** A server and its disk, as the state has them or as the fleet wants them. */
export interface Hardware {
  /** Example: `START1-XS`. */
  readonly type: string;
  /** GB; absent when the state does not tell. */
  readonly disk?: number | undefined;
}

/** What becomes of the disk when a server gets other hardware. */
export interface HardwareChange {
  /** `replaced`: the server is made anew with an empty disk. `changed`: it keeps its disk. */
  readonly fate: 'same' | 'changed' | 'replaced';
  /** Example: `type START1-XS -> DEV1-S`; empty when nothing changes. */
  readonly what: string;
}

/**
 * What another type or another size of the disk means. Pure; what replaces a server is decided where its resources take it
 * from (server/type-change.ts).
 *
 * Local disks have the size that they were made with and go with their server, so that any change replaces both.
 * Block storage grows in place and stays when the type changes; it cannot shrink.
 */
export function hardwareChange(now: Hardware, wanted: Hardware): HardwareChange {
  const [from, to] = [now.disk, wanted.disk];
  const resized = from !== undefined && to !== undefined && from !== to;
  const what = [
    ...(now.type === wanted.type ? [] : [`type ${now.type} -> ${wanted.type}`]),
    ...(resized ? [`disk ${from} GB -> ${to} GB`] : []),
  ].join(', ');
  if (what === '') return { fate: 'same', what };
  const retyped = now.type !== wanted.type && replacesOnTypeChange(wanted.type, now);
  const replaced = retyped || (resized && (hasLocalDisk(now.type) || to < from));
  return { fate: replaced ? 'replaced' : 'changed', what };
}
