/**
 * Frames of Scaleway's serial console (`wss://tty.<zone>.scaleway.com/v2/ws`): the first one from the client is JSON
 * and names the ticket; after it each frame begins with a character for its kind. Source: the public console client
 * and GoTTY's `webtty` protocol, which it follows.
 */
export type ClientFrame =
  | { readonly kind: 'input'; readonly bytes: Uint8Array }
  | { readonly kind: 'ping' }
  | { readonly kind: 'resize'; readonly columns: number; readonly rows: number }
  | { readonly kind: 'unknown' };

/** Who wants to see which server's console. The secret is the API key's: never logged. */
export interface ConsoleTicket {
  readonly secret: string;
  readonly serverId: string;
}

/** Reads the first frame: `{"AuthToken":"","Arguments":"?arg=<secret>&arg=<server id>"}`. */
export function parseTicket(frame: string): ConsoleTicket | undefined {
  try {
    const read = JSON.parse(frame) as { Arguments?: unknown } | null;
    if (typeof read?.Arguments !== 'string') return undefined;
    const [secret, serverId, ...more] = new URLSearchParams(read.Arguments.replace(/^\?/, '')).getAll('arg');
    if (!secret || !serverId || more.length > 0) return undefined;
    // The API also accepts ids with their zone in front.
    return { secret, serverId: serverId.slice(serverId.lastIndexOf('/') + 1) };
  } catch {
    return undefined;
  }
}

/** Reads a frame after the first. */
export function parseClientFrame(frame: Uint8Array): ClientFrame {
  const kind = String.fromCharCode(frame[0] ?? 0);
  const rest = frame.subarray(1);
  if (kind === '1') return { kind: 'input', bytes: rest };
  if (kind === '2') return { kind: 'ping' };
  if (kind !== '3') return { kind: 'unknown' };
  try {
    const size = JSON.parse(Buffer.from(rest).toString('utf8')) as {
      columns?: unknown;
      rows?: unknown;
    } | null;
    const { columns, rows } = size ?? {};
    return typeof columns === 'number' && typeof rows === 'number'
      ? { kind: 'resize', columns, rows }
      : { kind: 'unknown' };
  } catch {
    return { kind: 'unknown' };
  }
}

/** What the machine said. */
export function outputFrame(bytes: Uint8Array): string {
  return `1${Buffer.from(bytes).toString('base64')}`;
}

/** The answer to a ping. */
export const pongFrame = '2';

/** The window's title. */
export function titleFrame(title: string): string {
  return `3${title}`;
}
