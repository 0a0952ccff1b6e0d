import { guestNetwork } from './network.ts';

/** A connection of the guest, as `info usernet` lists it. */
interface GuestConnection {
  readonly state: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
}

/**
 * Reads the TCP lines of QEMU's `info usernet`:
 * `  TCP[ESTABLISHED]   18   169.254.42.15 51736   169.254.42.42    80     0     0`
 * Source: libslirp `slirp_connection_info`.
 */
export function parseUsernet(text: string): readonly GuestConnection[] {
  const found: GuestConnection[] = [];
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*TCP\[(\w+)\]\s+-?\d+\s+\S+\s+(\d+)\s+(\S+)\s+(\d+)\s+\d+\s+\d+\s*$/.exec(line);
    if (match === null) continue;
    const [, state = '', sourcePort, destination = '', destinationPort] = match;
    found.push({
      state,
      sourcePort: Number(sourcePort),
      destination,
      destinationPort: Number(destinationPort),
    });
  }
  return found;
}

/**
 * Source ports of the guest's connections to its metadata address on which a request can be waiting for its answer: in
 * any other state than these two the host's side has ended already. Source: the states of RFC 9293, section 3.3.2.
 */
export function openMetadataPorts(usernet: string): readonly number[] {
  return parseUsernet(usernet)
    .filter((connection) => connection.destination === guestNetwork.metadata)
    .filter((connection) => connection.destinationPort === guestNetwork.metadataPort)
    .filter((connection) => connection.state === 'ESTABLISHED' || connection.state === 'CLOSE_WAIT')
    .map((connection) => connection.sourcePort);
}

/**
 * The source port that a metadata request is taken to come from. The list does not say which of several open
 * connections a request came by; then the highest counts, so that an unprivileged program never gains by another's
 * connection. `undefined`: none is open, which also means no.
 */
export function metadataPortOf(open: readonly number[]): number | undefined {
  return open.length === 0 ? undefined : Math.max(...open);
}
