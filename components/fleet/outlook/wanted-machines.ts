import { serverTypeNamed } from '../../../clouds/scaleway/server-types.ts';
import type { WantedMachine } from './machine-outlook.ts';

/** A server as a fleet file and the arguments of a `Fleet` have it. */
interface GivenServer {
  readonly name: string;
  readonly type: string;
  readonly disk?: number | undefined;
  readonly image?: string | undefined;
  readonly boot?: { readonly reinstall?: string | undefined } | undefined;
  readonly networkBoot?: object | undefined;
}

/** Size in GB of the disk that a server gets which names none. */
const usualDisk = 20;

/** What a fleet wants of its machines, by name. Pure. */
export function wantedMachines(servers: readonly GivenServer[]): ReadonlyMap<string, WantedMachine> {
  return new Map(
    servers.map(({ name, type, disk, image, boot, networkBoot }) => [
      name,
      {
        name,
        hardware: { type, disk: disk ?? serverTypeNamed(type)?.disk ?? usualDisk },
        ...(networkBoot === undefined && { image, reinstall: boot?.reinstall }),
      },
    ]),
  );
}
