import type { MachineSpec } from '../machines/machine-driver.ts';
import type { GuestReach } from '../machines/network.ts';
import type { ServerRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { Disks } from './disks.ts';

/** Ports of a guest that its public address answers on (docs/architecture.md). */
export const publicPorts = [22, 80, 443, 8080] as const;

const bootSources = { local: 'disk', bootscript: 'network', rescue: 'rescue' } as const;

/** What the machine of a server is made of at its next power-on. */
export function machineSpec(
  server: ServerRecord,
  parts: {
    readonly store: Store;
    readonly disks: Disks;
    readonly metadataSocket: (serverId: string) => string;
    readonly reach: () => GuestReach;
  },
): MachineSpec {
  const addresses = server.ipIds.map((ipId) => parts.store.get('ip', ipId)?.address);
  const address = addresses.find((found) => found !== undefined);
  return {
    id: server.id,
    serverType: server.commercialType,
    bootSource: bootSources[server.bootType],
    disks: bootOrder(server).map((volumeId) => parts.disks.path(volumeId)),
    // Without a public IP nothing of the guest is reachable, and the address is not used.
    address: address ?? '127.66.0.0',
    ports: address === undefined ? [] : publicPorts,
    macAddress: server.macAddress,
    metadataSocket: parts.metadataSocket(server.id),
    reach: parts.reach(),
  };
}

/** Volume ids in the order of the machine's disks: the volume marked as boot volume, then by slot. Pure. */
export function bootOrder(server: Pick<ServerRecord, 'volumes'>): readonly string[] {
  const bySlot = [...server.volumes].sort((a, b) => Number(a.slot) - Number(b.slot));
  const boot = bySlot.find((volume) => volume.boot);
  const ordered = boot === undefined ? bySlot : [boot, ...bySlot.filter((volume) => volume !== boot)];
  return ordered.map((volume) => volume.volumeId);
}
