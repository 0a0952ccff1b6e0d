import { forwardArgument, optionValue, socatPath } from './quoting.ts';

/** The guests' network, the same for each machine; each has it to itself. Link-local like the metadata address. */
export const guestNetwork = {
  network: '169.254.42.0/24',
  /** Where guests find the object storage. In an open network it is the host's whole loopback. */
  storage: '169.254.42.2',
  /** The router of a closed network: it answers no guest, but forwards from the host come from it. */
  router: '169.254.42.1',
  dns: '169.254.42.3',
  /** What DHCP gives the guest; host forwards lead there. */
  guest: '169.254.42.15',
  metadata: '169.254.42.42',
  metadataPort: 80,
} as const;

/** Bytes that a forward passes on at once; socat's own 8 KiB cost transfers a part of their speed. */
const forwardBuffer = 64 * 1024;

/**
 * What a guest reaches besides its metadata. `closed`: the object storage at this port of the host's loopback, and
 * nothing else, neither the API nor any other program nor the internet. `open`: the host's loopback and the internet.
 */
export type GuestReach =
  { readonly kind: 'closed'; readonly storagePort: number | undefined } | { readonly kind: 'open' };

/** Seconds that a guest's connection may stay half open once one side has ended. */
const halfOpenSeconds = 5;

/**
 * QEMU's `-netdev` for one machine: user-mode network, forwards from the machine's own loopback address to the guest,
 * and what the guest reaches. Each connection of the guest to its metadata or to the object storage starts a socat that
 * ends with the connection. `restrict` keeps every other packet from the host (qemu(1), "-netdev user").
 *
 * @param portOffset added to each port on the host's side, where low ports may not be bound
 */
export function userNetwork(
  machine: {
    readonly address: string;
    readonly ports: readonly number[];
    readonly metadataSocket: string;
    readonly reach: GuestReach;
  },
  portOffset: number,
): string {
  const { reach, metadataSocket } = machine;
  const closed = reach.kind === 'closed';
  return [
    'user,id=net0',
    ...(closed ? ['restrict=on'] : []),
    `net=${guestNetwork.network}`,
    `host=${closed ? guestNetwork.router : guestNetwork.storage}`,
    `dns=${guestNetwork.dns}`,
    `dhcpstart=${guestNetwork.guest}`,
    ...machine.ports.map((port) => `hostfwd=tcp:${machine.address}:${port + portOffset}-:${port}`),
    forward(guestNetwork.metadata, guestNetwork.metadataPort, metadataSocket, 'UNIX-CONNECT'),
    ...(closed && reach.storagePort !== undefined
      ? [forward(guestNetwork.storage, reach.storagePort, `127.0.0.1:${reach.storagePort}`, 'TCP')]
      : []),
  ].join(',');
}

/** A forward from an address that the guest sees to one of the host's. */
function forward(address: string, port: number, to: string, how: 'UNIX-CONNECT' | 'TCP'): string {
  const command = [
    'socat',
    `-t${halfOpenSeconds}`,
    `-b${forwardBuffer}`,
    // Not `-`: only a descriptor can be told to pass the host's end of a connection on at once.
    'FD:0,shut-down',
    forwardArgument(how === 'TCP' ? `TCP:${to},nodelay` : `${how}:${socatPath(to)}`),
  ].join(' ');
  return `guestfwd=tcp:${address}:${port}-cmd:${optionValue(command)}`;
}
