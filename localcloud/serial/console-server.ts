import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import type { SerialViewer } from '../machines/machine-driver.ts';
import {
  outputFrame,
  parseClientFrame,
  parseTicket,
  pongFrame,
  titleFrame,
  type ConsoleTicket,
} from './console-frames.ts';

/** A fault to be injected into one connection, for tests. */
export interface ConsoleFault {
  /** Refuse the ticket with this text. */
  readonly refuse?: string;
  /** Show nothing of what the machine says. */
  readonly silent?: boolean;
  /** Cut the line after this many bytes of output. */
  readonly dropAfterBytes?: number;
  /** Cut the line this many seconds after it was opened. */
  readonly dropAfterSeconds?: number;
}

/** See `attachConsole`. */
export interface ConsoleOptions {
  /** Checks a ticket. The text of a refusal is shown to the client. */
  authorize(ticket: ConsoleTicket): Promise<{ readonly title: string } | { readonly refused: string }>;
  /** Opens a viewer on the server's serial line. */
  attach(serverId: string): SerialViewer;
  /** Asked once for each connection whose ticket was read. */
  fault?(serverId: string): ConsoleFault | undefined;
  readonly log?: (line: string) => void;
}

/** The console service, once attached. */
export interface ConsoleService {
  /** Cuts open lines without a word, as a lost connection does; of one server or of all. Returns how many. */
  drop(serverId?: string): number;
  /** Ends all lines; the HTTP server stays. */
  close(): void;
}

const path = '/v2/ws';
/** Largest frame from a client in bytes. */
const largestFrame = 64 * 1024;
/** Bytes waiting for a viewer that does not read; more ends the viewer's line, never the machine's or another's. */
const mostUnread = 4 * 1024 * 1024;
/** Seconds for the first frame. */
const ticketSeconds = 10;

/** Close codes of RFC 6455, section 7.4.1. */
const closeCodes = { goingAway: 1001, policy: 1008, tooSlow: 1013 } as const;

/** Adds the serial console to an HTTP server: WebSockets at `/v2/ws`, in Scaleway's protocol; at other paths 404. */
export function attachConsole(server: Server, options: ConsoleOptions): ConsoleService {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: largestFrame,
    handleProtocols: (offered) => (offered.has('webtty') ? 'webtty' : false),
  });
  const lines = new Map<WebSocket, string>();
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // Node hands the socket over without a listener of its own, and a client that resets it would end the daemon.
    // Not logged: a stranger must not fill the log.
    socket.on('error', () => undefined);
    if ((request.url ?? '').split('?')[0] !== path) {
      socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      serveLine(client, options, lines);
    });
  };
  server.on('upgrade', upgrade);
  return {
    drop: (serverId) => {
      const chosen = [...lines].filter(([, id]) => serverId === undefined || id === serverId);
      for (const [client] of chosen) client.terminate();
      return chosen.length;
    },
    close: () => {
      server.off('upgrade', upgrade);
      for (const client of sockets.clients) client.close(closeCodes.goingAway, 'the embedded cloud stops');
      sockets.close();
    },
  };
}

function serveLine(client: WebSocket, options: ConsoleOptions, lines: Map<WebSocket, string>): void {
  const impatience = setTimeout(() => {
    client.close(closeCodes.policy, `no ticket within ${ticketSeconds} s`);
  }, ticketSeconds * 1000);
  client.on('error', (error) => {
    if (lines.has(client)) options.log?.(`console: ${error.message}`);
  });
  client.on('close', () => {
    clearTimeout(impatience);
  });
  // What arrives while the ticket is checked waits, in order and bounded.
  let early: Uint8Array[] | undefined;
  let earlyBytes = 0;
  client.on('message', (data) => {
    const frame = bytesOf(data);
    if (early) {
      earlyBytes += frame.length;
      if (earlyBytes > largestFrame)
        client.close(closeCodes.policy, 'too much before the ticket was checked');
      else early.push(frame);
      return;
    }
    if (lines.has(client)) return;
    clearTimeout(impatience);
    early = [];
    admit(client, frame, options, lines)
      .then((handle) => {
        const waiting = early ?? [];
        early = undefined;
        if (handle === undefined) return;
        for (const one of waiting) handle(one);
        client.on('message', (later) => {
          handle(bytesOf(later));
        });
      })
      .catch((error: unknown) => {
        options.log?.(`console: ${error instanceof Error ? error.message : String(error)}`);
        client.close(1011, 'internal error');
      });
  });
}

async function admit(
  client: WebSocket,
  first: Uint8Array,
  options: ConsoleOptions,
  lines: Map<WebSocket, string>,
): Promise<FrameHandler | undefined> {
  const ticket = parseTicket(Buffer.from(first).toString('utf8'));
  if (ticket === undefined) {
    refuse(client, 'the first frame is no ticket');
    return undefined;
  }
  const verdict = await options.authorize(ticket);
  const fault = options.fault?.(ticket.serverId);
  const refused = 'refused' in verdict ? verdict.refused : fault?.refuse;
  if (refused !== undefined || 'refused' in verdict) {
    refuse(client, refused ?? '');
    return undefined;
  }
  if (client.readyState !== client.OPEN) return undefined;
  lines.set(client, ticket.serverId);
  client.on('close', () => lines.delete(client));
  return connect(client, options.attach(ticket.serverId), verdict.title, fault ?? {});
}

type FrameHandler = (frame: Uint8Array) => void;

function connect(client: WebSocket, viewer: SerialViewer, title: string, fault: ConsoleFault): FrameHandler {
  let said = 0;
  let timer: NodeJS.Timeout | undefined;
  client.on('close', () => {
    clearTimeout(timer);
    viewer.detach();
  });
  client.send(titleFrame(title));
  viewer.onData((bytes) => {
    if (client.readyState !== client.OPEN || fault.silent) return;
    if (client.bufferedAmount > mostUnread) {
      client.close(closeCodes.tooSlow, 'the viewer reads too slowly');
      return;
    }
    said += bytes.length;
    const excess = fault.dropAfterBytes === undefined ? 0 : said - fault.dropAfterBytes;
    client.send(
      outputFrame(excess > 0 ? bytes.subarray(0, Math.max(0, bytes.length - excess)) : bytes),
      () => {
        if (excess > 0) client.terminate();
      },
    );
  });
  if (fault.dropAfterSeconds !== undefined)
    timer = setTimeout(() => {
      client.terminate();
    }, fault.dropAfterSeconds * 1000);
  return (bytes) => {
    const frame = parseClientFrame(bytes);
    if (frame.kind === 'input') viewer.write(frame.bytes);
    // A serial line has no size, so a resize has no effect.
    else if (frame.kind === 'ping') client.send(pongFrame);
  };
}

/** Ends a line before it began; a close reason may have 123 bytes (RFC 6455, section 5.5). */
function refuse(client: WebSocket, reason: string): void {
  client.close(closeCodes.policy, Buffer.from(`console ticket refused: ${reason}`).subarray(0, 123));
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
