import { BootfleetError } from '../../../errors/error.ts';
import { waitTooLong } from '../../../errors/setup.ts';
import { Deadline } from '../../../waiting/deadline.ts';
import { poll } from '../../../waiting/poll.ts';
import type { Connection } from '../../resource-type.ts';
import { splitId } from '../../resource-type.ts';
import type { Values } from '../../schema/fields.ts';
import { withZone } from '../../schema/values.ts';
import { removeBlockVolume } from '../block-volume.ts';
import { act, reachState, readServer, settledServer } from './power.ts';
import { rootVolumeOf } from './view.ts';

/**
 * Removes a server as the real provider does: by the terminate action, always. The cloud then deletes all its local
 * volumes, whatever `deleteOnTermination` says; block volumes stay, but for the root volume where that is wanted. Only
 * a running server can be terminated, so one that is off is powered on first. What cannot be terminated is powered off
 * and deleted. Fine when it is gone already.
 */
export async function removeServer(connection: Connection, id: string, state: Values): Promise<void> {
  const { zone, bare } = splitId(id, connection);
  const server = await settledServer(connection, id);
  if (server === undefined) return;
  const root = rootVolumeOf(server);
  try {
    await reachState(connection, id, 'started');
    await act(connection, id, 'terminate');
  } catch (error) {
    if (!(error instanceof BootfleetError)) throw error;
    await reachState(connection, id, 'stopped');
    const path = `/instance/v1/zones/${zone}/servers/${bare}`;
    await connection.http.send({ method: 'DELETE', path, orNothing: true });
  }
  await waitUntilGone(connection, id);
  const deletesRoot = ((state['rootVolume'] ?? {}) as Values)['deleteOnTermination'] !== false;
  if (!deletesRoot || root === undefined) return;
  if (root.volume_type === 'sbs_volume') await removeBlockVolume(connection, withZone(zone, root.id));
  else {
    const path = `/instance/v1/zones/${zone}/volumes/${root.id}`;
    await connection.http.send({ method: 'DELETE', path, orNothing: true });
  }
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
