import { openScalewayConsole } from '../../console/transports/scaleway-websocket.ts';
import type { ConsoleTransport } from '../../console/transport.ts';
import type { Deadline } from '../../waiting/deadline.ts';
import type { CloudEndpoints } from './endpoints.ts';

/**
 * Opens a server's serial console with the secret key as its ticket, as Scaleway's own console does.
 *
 * @throws BF1300 not reachable, BF1301 ticket refused.
 */
export async function openConsole(
  at: CloudEndpoints,
  serverId: string,
  deadline: Deadline,
): Promise<ConsoleTransport> {
  return await openScalewayConsole({
    gateway: at.console,
    secretKey: at.secretKey,
    serverId,
    description: `serial console of server ${serverId} (${at.local ? 'embedded cloud' : 'Scaleway'})`,
    deadline,
  });
}
