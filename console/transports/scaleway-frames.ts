/**
 * The frames of Scaleway's console gateway (`wss://tty.<zone>.scaleway.com/v2/ws`), which speaks the protocol of
 * GoTTY. Source: https://github.com/yudai/gotty, webtty/message_types.go; and the vendor's command line,
 * `scw instance server console`.
 */

/** The first frame: the secret key and the server, as the arguments of a web terminal's address. */
export function loginFrame(secretKey: string, serverId: string): string {
  const argument = (value: string): string => `arg=${encodeURIComponent(value)}`;
  return JSON.stringify({ AuthToken: '', Arguments: `?${argument(secretKey)}&${argument(serverId)}` });
}

export function inputFrame(bytes: Uint8Array): string {
  return `1${new TextDecoder().decode(bytes)}`;
}

export const PING_FRAME = '2';

export function resizeFrame(columns: number, rows: number): string {
  return `3${JSON.stringify({ columns, rows })}`;
}

/** A frame from the gateway. */
export type GatewayFrame =
  | { readonly kind: 'output'; readonly bytes: Uint8Array }
  | { readonly kind: 'pong' }
  | { readonly kind: 'title'; readonly title: string }
  | { readonly kind: 'other' };

/** Reads a frame; kinds that a serial line does not need (preferences, reconnect) are `other`. */
export function parseGatewayFrame(frame: string): GatewayFrame {
  const body = frame.slice(1);
  switch (frame[0]) {
    case '1':
      return { kind: 'output', bytes: Buffer.from(body, 'base64') };
    case '2':
      return { kind: 'pong' };
    case '3':
      return { kind: 'title', title: body };
    default:
      return { kind: 'other' };
  }
}
