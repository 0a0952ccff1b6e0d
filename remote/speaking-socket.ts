import { connect, type Socket } from 'node:net';

/** Where to connect to, and how long to wait. */
export interface SpeakingSocketOptions {
  readonly host: string;
  readonly port: number;
  /** Milliseconds until the server must have said something. */
  readonly silence: number;
  readonly signal: AbortSignal;
}

/** Nothing came over a connection in time, or there was none. */
export class SilentServer extends Error {}

/** An attempt that was ended from outside: what it met is not known. */
export class CutShort extends Error {
  constructor() {
    super('interrupted or out of time');
  }
}

/**
 * A TCP connection to a server that has begun to speak, as SSH servers do at once (RFC 4253, 4.2). What it said is still
 * to be read.
 *
 * A connection to a machine that boots may stay silent long after the machine is up: its first packets were lost, and
 * they are repeated after twice the time each time (RFC 6298, 5.5), by this computer or by whatever forwards the port and
 * has taken the connection already. A new one gets through at once.
 *
 * @throws SilentServer, CutShort, or an Error that says why: refused, reset.
 */
export function openSpeakingSocket({ host, port, silence, signal }: SpeakingSocketOptions): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  // Requests are small and answered one by one: none shall wait for the acknowledgement of the one before.
  const socket = connect({ host, port, noDelay: true });
  const timer = setTimeout(() => {
    reject(new SilentServer(`no word from the server in ${silence / 1000} s`));
  }, silence);
  const stop = (): void => {
    reject(new CutShort());
  };
  const speaks = (): void => {
    if (socket.readableLength > 0) resolve(socket);
    else reject(new Error('connection closed without a word'));
  };
  socket.on('error', reject).on('readable', speaks);
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  return promise
    .catch((error: unknown) => {
      socket.destroy();
      throw error;
    })
    .finally(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      // From here on it is the user's: an error handler stays, for the moment until there is another.
      socket.off('readable', speaks);
    });
}

/**
 * How long an attempt waits for a word, in milliseconds: short at first, because a machine that boots answers the next
 * attempt, then longer, because one under load may need long. Pure.
 *
 * @param silences attempts before it that met with silence.
 * @param first milliseconds of the first attempt.
 * @param most milliseconds of any.
 */
export function silenceAllowed(silences: number, first: number, most: number): number {
  return Math.min(most, Math.round(first * 1.2 ** silences));
}
