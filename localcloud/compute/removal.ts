import type { ServerRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { now } from './clock.ts';

/** Removes a server's record and the volumes of `lost`; its other volumes and its IPs are set free. */
export function removeServer(store: Store, server: ServerRecord, lost: readonly string[]): void {
  const at = now();
  const free = { serverId: null, referenceId: null, attachedAt: null, lastDetachedAt: at, updatedAt: at };
  store.commit((change) => {
    for (const { volumeId } of server.volumes) {
      const volume = store.get('volume', volumeId);
      if (lost.includes(volumeId)) change.remove('volume', volumeId);
      else if (volume) change.put('volume', { ...volume, ...free });
    }
    for (const ipId of server.ipIds) {
      const ip = store.get('ip', ipId);
      if (ip) change.put('ip', { ...ip, serverId: null, updatedAt: at });
    }
    change.remove('server', server.id);
  });
}

/** A server that is being terminated has no public IPs any more, from the first moment on (recorded). */
export function freeIps(store: Store, serverId: string): void {
  const server = store.get('server', serverId);
  if (server === undefined) return;
  store.commit((change) => {
    for (const ipId of server.ipIds) {
      const ip = store.get('ip', ipId);
      if (ip) change.put('ip', { ...ip, serverId: null, updatedAt: now() });
    }
    change.put('server', { ...server, ipIds: [] });
  });
}
