import { Deadline } from '../../../waiting/deadline.ts';
import { poll } from '../../../waiting/poll.ts';
import { waitTooLong } from '../../../errors/setup.ts';
import type { Connection } from '../../resource-type.ts';
import { splitId } from '../../resource-type.ts';
import type { Values } from '../../schema/fields.ts';
import { withZone } from '../../schema/values.ts';
import { removeBlockVolume } from '../block-volume.ts';
import { act, reachState, readServer, settledServer } from './power.ts';
import { rootVolumeOf } from './view.ts';

/** How a server is taken away. */
export type Removal =
  /** The terminate action: local volumes go with it. */
  | 'terminate'
  /** Power off, detach what must stay, DELETE; volumes stay. */
  | 'delete';

/**
 * The real provider terminates when the root volume is to go with the server. A server that is off cannot be
 * terminated: the real provider powers it on first, this one deletes it and then its volume, without a boot.
 */
export function chooseRemoval(state: string, deletesRootVolume: boolean): Removal {
  return deletesRootVolume && state !== 'stopped' ? 'terminate' : 'delete';
}

/** Removes a server and, unless `deleteOnTermination` is false, its root volume. Fine when it is gone already. */
export async function removeServer(connection: Connection, id: string, state: Values): Promise<void> {
  const { zone, bare } = splitId(id, connection);
  const server = await settledServer(connection, id);
  if (server === undefined) return;
  const deletesRoot = ((state['rootVolume'] ?? {}) as Values)['deleteOnTermination'] !== false;
  const root = rootVolumeOf(server);
  const removal = chooseRemoval(server.state, deletesRoot);
  if (removal === 'terminate') {
    await keepExtraVolumes(
      connection,
      id,
      Object.entries(server.volumes)
        .filter(([slot]) => slot !== '0')
        .map(([, one]) => one.id),
    );
    await act(connection, id, 'terminate');
  } else {
    await reachState(connection, id, 'stopped');
    const path = `/instance/v1/zones/${zone}/servers/${bare}`;
    await connection.http.send({ method: 'DELETE', path, orNothing: true });
  }
  await waitUntilGone(connection, id);
  if (!deletesRoot || root === undefined) return;
  if (root.volume_type === 'sbs_volume') await removeBlockVolume(connection, withZone(zone, root.id));
  else {
    const path = `/instance/v1/zones/${zone}/volumes/${root.id}`;
    await connection.http.send({ method: 'DELETE', path, orNothing: true });
  }
}

/** `terminate` would delete local volumes that are resources of their own. They can be detached only while it is off. */
async function keepExtraVolumes(
  connection: Connection,
  id: string,
  volumes: readonly string[],
): Promise<void> {
  if (volumes.length === 0) return;
  const { zone, bare } = splitId(id, connection);
  const path = `/instance/v1/zones/${zone}/servers/${bare}/detach-volume`;
  await reachState(connection, id, 'standby');
  for (const volume_id of volumes) await connection.http.send({ method: 'POST', path, body: { volume_id } });
}

async function waitUntilGone(connection: Connection, id: string, seconds = 300): Promise<void> {
  let seen = '';
  await poll({
    probe: async () => {
      const server = await readServer(connection, id);
      seen = server?.state ?? 'gone';
      return server === undefined ? true : undefined;
    },
    deadline: Deadline.after(seconds),
    onTimeout: () => waitTooLong({ what: `server ${id}`, wanted: 'gone', seen, seconds }),
  });
}
