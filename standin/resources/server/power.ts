import { Deadline } from '../../../waiting/deadline.ts';
import { poll } from '../../../waiting/poll.ts';
import { waitTooLong } from '../../../errors/setup.ts';
import type { Connection } from '../../resource-type.ts';
import { splitId } from '../../resource-type.ts';
import type { ServerView } from './view.ts';

/** States in which a server stays until someone does something. */
const resting = ['running', 'stopped', 'stopped in place', 'locked'];

/** The server, or `undefined` when it is gone. */
export async function readServer(connection: Connection, id: string): Promise<ServerView | undefined> {
  const { zone, bare } = splitId(id, connection);
  const path = `/instance/v1/zones/${zone}/servers/${bare}`;
  return (await connection.http.json<{ server: ServerView }>({ method: 'GET', path, orNothing: true }))
    ?.server;
}

/** Waits until the server rests and returns it; `undefined` when it is gone. Default limit: 300 s. */
export async function settledServer(
  connection: Connection,
  id: string,
  seconds = 300,
): Promise<ServerView | undefined> {
  let seen = '';
  const found = await poll({
    probe: async () => {
      const server = await readServer(connection, id);
      seen = server?.state ?? 'gone';
      return server === undefined || resting.includes(server.state) ? { server } : undefined;
    },
    deadline: Deadline.after(seconds),
    onTimeout: () => waitTooLong({ what: `server ${id}`, wanted: 'settled', seen, seconds }),
  });
  return found.server;
}

/** An action of the instance API. */
export type Action = 'poweron' | 'poweroff' | 'stop_in_place' | 'terminate';

/**
 * The actions that lead from one resting state to a wanted one; as the real provider does, a server goes to `standby`
 * through `running`.
 */
export function actionsTo(wanted: string, state: string): readonly Action[] {
  const now = state === 'stopped in place' ? 'standby' : state === 'running' ? 'started' : state;
  if (now === wanted) return [];
  if (wanted === 'started') return ['poweron'];
  if (wanted === 'stopped') return ['poweroff'];
  return now === 'stopped' ? ['poweron', 'stop_in_place'] : ['stop_in_place'];
}

/** Brings the server to `started`, `stopped` or `standby` and waits until it is there. */
export async function reachState(connection: Connection, id: string, wanted: string): Promise<void> {
  const server = await settledServer(connection, id);
  if (server === undefined) return;
  for (const action of actionsTo(wanted, server.state)) {
    await act(connection, id, action);
    await settledServer(connection, id);
  }
}

/** Starts an action. */
export async function act(connection: Connection, id: string, action: Action): Promise<void> {
  const { zone, bare } = splitId(id, connection);
  const path = `/instance/v1/zones/${zone}/servers/${bare}/action`;
  await connection.http.send({ method: 'POST', path, body: { action } });
}
