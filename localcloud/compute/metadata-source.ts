import { parseHostStopDetail } from '../../contracts/host-stop.ts';
import { serverView } from '../api/instance/server-view.ts';
import type { MetadataSource } from '../metadata/source.ts';
import { now } from './clock.ts';
import type { LocalCloud } from './local-cloud.ts';
import { readUserData, writeUserData } from './user-data.ts';

/** Longest text that a guest may give itself as its state. */
const longestDetail = 255;

/** What a machine asks about itself and says about itself, from and to the store. */
export function metadataSource(cloud: LocalCloud): MetadataSource {
  const { store } = cloud;
  return {
    conf: (id) => {
      const server = store.get('server', id);
      return Promise.resolve(
        server && { ...serverView(cloud, server), ssh_public_keys: [], timezone: 'UTC' },
      );
    },
    userDataKeys: (id) => Promise.resolve(Object.keys(store.get('server', id)?.userData ?? {})),
    userData: (id, key) => {
      const server = store.get('server', id);
      return Promise.resolve(server && readUserData(server, key));
    },
    setUserData: (id, key, value) => {
      writeUserData(store, id, key, value);
      return Promise.resolve();
    },
    deleteUserData: (id, key) => Promise.resolve(writeUserData(store, id, key, undefined)),
    setStateDetail: (id, detail) => {
      const server = store.get('server', id);
      // Only a running machine can have said it; an action under way has the last word. What only the cloud knows of a
      // machine is not for the machine to say.
      if (server?.state === 'running' && parseHostStopDetail(detail) === undefined) {
        store.commit((change) => {
          change.put('server', { ...server, stateDetail: detail.slice(0, longestDetail), updatedAt: now() });
        });
      }
      return Promise.resolve();
    },
  };
}
