import { forwardArgument, optionValue, socatPath } from './quoting.ts';

/** The guests' network, the same for each machine; each has it to itself. Link-local like the metadata address. */
export const guestNetwork = {
  network: '169.254.42.0/24',
  /** The host's loopback as guests see it: object storage. */
  host: '169.254.42.2',
  dns: '169.254.42.3',
  /** What DHCP gives the guest; host forwards lead there. */
  guest: '169.254.42.15',
  metadata: '169.254.42.42',
  metadataPort: 80,
} as const;

/** Seconds that a metadata connection may stay half open once one side has ended. */
const halfOpenSeconds = 5;

/**
 * QEMU's `-netdev` for one machine: user-mode network, forwards from the machine's own loopback address to the guest,
 * and the metadata address, where each connection of the guest starts a socat that ends with the connection.
 *
 * @param portOffset added to each port on the host's side, where low ports may not be bound
 */
export function userNetwork(
  machine: { readonly address: string; readonly ports: readonly number[]; readonly metadataSocket: string },
  portOffset: number,
): string {
  const metadataCommand = [
    'socat',
    `-t${halfOpenSeconds}`,
    // Not `-`: only a descriptor can be told to pass the daemon's end of a connection on at once.
    'FD:0,shut-down',
    forwardArgument(`UNIX-CONNECT:${socatPath(machine.metadataSocket)}`),
  ].join(' ');
  return [
    'user,id=net0',
    `net=${guestNetwork.network}`,
    `host=${guestNetwork.host}`,
    `dns=${guestNetwork.dns}`,
    `dhcpstart=${guestNetwork.guest}`,
    ...machine.ports.map((port) => `hostfwd=tcp:${machine.address}:${port + portOffset}-:${port}`),
    `guestfwd=tcp:${guestNetwork.metadata}:${guestNetwork.metadataPort}-cmd:${optionValue(metadataCommand)}`,
  ].join(',');
}
