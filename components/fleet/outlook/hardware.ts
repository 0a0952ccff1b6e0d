import { serverTypeNamed } from '../../../clouds/scaleway/server-types.ts';

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
 * What another type or another size of the disk means. Pure; the resources of a `Server` do the same (server.ts).
 *
 * Local disks have the size that they were made with and go with their server, so that any change replaces both.
 * Block storage grows in place and stays when the type changes; it cannot shrink.
 */
export function hardwareChange(now: Hardware, wanted: Hardware): HardwareChange {
  const [before, after] = [isLocal(now.type), isLocal(wanted.type)];
  const [from, to] = [now.disk, wanted.disk];
  const resized = from !== undefined && to !== undefined && from !== to;
  const what = [
    ...(now.type === wanted.type ? [] : [`type ${now.type} -> ${wanted.type}`]),
    ...(resized ? [`disk ${from} GB -> ${to} GB`] : []),
  ].join(', ');
  if (what === '') return { fate: 'same', what };
  const shrinks = resized && to < from;
  const replaced = before || after || shrinks;
  return { fate: replaced ? 'replaced' : 'changed', what };
}

function isLocal(type: string): boolean {
  return serverTypeNamed(type)?.storage === 'l_ssd';
}
