import type { ServerRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { now } from './clock.ts';

/** A value of a server's user data. */
export function readUserData(server: ServerRecord, key: string): Buffer | undefined {
  const value = Object.hasOwn(server.userData, key) ? server.userData[key] : undefined;
  return value === undefined ? undefined : Buffer.from(value, 'base64');
}

/** Sets a value, or takes the key away. Returns whether the key was there before. */
export function writeUserData(
  store: Store,
  serverId: string,
  key: string,
  value: Uint8Array | undefined,
): boolean {
  const server = store.get('server', serverId);
  if (server === undefined) return false;
  const before = Object.hasOwn(server.userData, key);
  if (!before && value === undefined) return false;
  const others = Object.entries(server.userData).filter(([other]) => other !== key);
  const mine = value === undefined ? [] : [[key, Buffer.from(value).toString('base64')]];
  store.commit((change) => {
    change.put('server', {
      ...server,
      userData: Object.fromEntries([...others, ...mine]) as Record<string, string>,
      updatedAt: now(),
    });
  });
  return before;
}
