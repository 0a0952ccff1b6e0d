import { WebSocket, type RawData } from 'ws';
import { consoleDropped, consoleTicketRefused, consoleUnreachable } from '../../errors/console.ts';
import type { Deadline } from '../../waiting/deadline.ts';
import { EarlyBytes } from '../early-bytes.ts';
import type { ConsoleTransport } from '../transport.ts';
import { inputFrame, loginFrame, parseGatewayFrame, PING_FRAME, resizeFrame } from './scaleway-frames.ts';

/** Which console; see `openScalewayConsole`. */
export interface ScalewayConsoleOptions {
  /** The gateway's base address, such as `wss://tty.fr-par-1.scaleway.com`; `/v2/ws` is added. */
  readonly gateway: string;
  /** Goes out in the first frame and nowhere else. */
  readonly secretKey: string;
  readonly serverId: string;
  /** For messages. Example: `serial console of edge-1 (Scaleway)`. */
  readonly description: string;
  readonly deadline: Deadline;
  /**
   * Seconds between two pings. Default 30: the gateway drops idle connections. Once it has answered one, three without a
   * word from it end the line.
   */
  readonly pingEvery?: number;
  /** Seconds without an answer to the first ping after which the line counts as open and quiet. Default 3. */
  readonly quietAfter?: number;
}

/** A transport that can be told the size of the person's terminal. */
export interface ResizableTransport extends ConsoleTransport {
  resize(columns: number, rows: number): void;
}

/** Pings in a row without any word from a gateway that has answered one before; then the connection is dead. */
const mostUnanswered = 3;

/** One frame is a few bytes of a serial line; anything far beyond is not that protocol. */
const LARGEST_FRAME = 1024 * 1024;

/**
 * Opens a server's serial console through Scaleway's gateway. Resolves when the gateway has answered after the
 * first frame.
 *
 * @throws BF1300 when it cannot be reached in time, BF1301 when it refuses the key or the server.
 */
export async function openScalewayConsole(options: ScalewayConsoleOptions): Promise<ResizableTransport> {
  const { gateway, secretKey, serverId, description, deadline, pingEvery = 30, quietAfter = 3 } = options;
  const left = deadline.left;
  if (left === 0) throw consoleUnreachable({ line: description, reason: 'no time left' });
  const socket = new WebSocket(`${gateway.replace(/\/$/, '')}/v2/ws`, {
    handshakeTimeout: Math.ceil(left),
    maxPayload: LARGEST_FRAME,
  });
  const transport = new ScalewayTransport(socket, description, pingEvery);
  try {
    await transport.login(loginFrame(secretKey, serverId), deadline, quietAfter);
  } catch (error) {
    await transport.close();
    throw error;
  }
  return transport;
}

class ScalewayTransport implements ResizableTransport {
  readonly description: string;
  readonly closed: Promise<Error | undefined>;
  readonly #socket: WebSocket;
  readonly #arrived = new EarlyBytes();
  readonly #pingEvery: number;
  #pings: NodeJS.Timeout | undefined;
  #closing = false;
  #answered: (() => void) | undefined;
  /** Whether the gateway has answered a ping: one that does not do that may be silent for as long as it likes. */
  #pongs = false;
  #unanswered = 0;
  #error: Error | undefined;

  constructor(socket: WebSocket, description: string, pingEvery: number) {
    this.#socket = socket;
    this.description = description;
    this.#pingEvery = pingEvery;
    socket.on('message', (data) => {
      this.#read(data);
    });
    socket.on('error', (error) => {
      this.#error = error;
    });
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => {
        clearInterval(this.#pings);
        const words =
          this.#error?.message ?? `closed by the gateway (${code} ${reason.toString()})`.replace(' )', ')');
        resolve(this.#closing ? undefined : consoleDropped({ line: description, reason: words }));
      });
    });
  }

  /** Sends the first frame and a ping; an answer, or silence without being thrown out, means that we are in. */
  async login(frame: string, deadline: Deadline, quietAfter: number): Promise<void> {
    const line = this.description;
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    let sent = false;
    let timer: NodeJS.Timeout | undefined;
    const signal = deadline.signal;
    const onAbort = (): void => {
      reject(consoleUnreachable({ line, reason: `no answer within ${deadline.length / 1000} s` }));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    this.#answered = () => {
      resolve(undefined);
    };
    this.#socket.once('unexpected-response', (request, response) => {
      request.destroy();
      const status = response.statusCode ?? 0;
      const reason = `HTTP status ${status}`;
      const refused = status === 401 || status === 403 || status === 404;
      reject(refused ? consoleTicketRefused({ line, reason }) : consoleUnreachable({ line, reason }));
    });
    this.#socket.once('open', () => {
      sent = true;
      this.#socket.send(frame);
      this.#socket.send(PING_FRAME);
      timer = setTimeout(() => {
        resolve(undefined);
      }, quietAfter * 1000);
    });
    this.#socket.once('close', (code, words) => {
      const reason = words.length > 0 ? `${code} ${words.toString()}` : `closed with code ${code}`;
      if (sent) reject(consoleTicketRefused({ line, reason }));
      else reject(consoleUnreachable({ line, reason: this.#error?.message ?? reason }));
    });
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      this.#answered = undefined;
    }
    this.#pings = setInterval(() => {
      this.#ping();
    }, this.#pingEvery * 1000).unref();
  }

  /** A connection that died without a word stays open on this side for ever; only unanswered pings show it. */
  #ping(): void {
    if (this.#pongs && this.#unanswered >= mostUnanswered) {
      this.#error = new Error(
        `nothing came from the gateway for ${this.#unanswered * this.#pingEvery} s, not even an answer to ${this.#unanswered} pings`,
      );
      this.#socket.terminate();
      return;
    }
    this.#unanswered += 1;
    this.#socket.send(PING_FRAME);
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#arrived.listen(listener);
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#send(inputFrame(bytes));
  }

  resize(columns: number, rows: number): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(resizeFrame(columns, rows));
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#pings);
    this.#socket.close();
    // A gateway that does not answer the closing handshake is left without it.
    const patience = setTimeout(() => {
      this.#socket.terminate();
    }, 1_000);
    await this.closed;
    clearTimeout(patience);
  }

  async #send(frame: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#socket.send(frame, (error) => {
        if (error)
          reject(consoleDropped({ line: this.description, reason: error.message }, { cause: error }));
        else resolve();
      });
    });
  }

  #read(data: RawData): void {
    const text = Array.isArray(data)
      ? Buffer.concat(data).toString()
      : Buffer.from(data as Buffer).toString();
    const frame = parseGatewayFrame(text);
    this.#unanswered = 0;
    if (frame.kind === 'pong') this.#pongs = true;
    this.#answered?.();
    if (frame.kind === 'output') this.#arrived.push(frame.bytes);
  }
}
