import { connect, type Socket } from 'node:net';
import { Deadline } from '../../../waiting/deadline.ts';
import { LineCutter, parseMessage, type QmpMessage } from './messages.ts';

type EventListener = (name: string, data: Readonly<Record<string, unknown>>) => void;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Seconds that one command may take; none that we use does any work worth mentioning. */
const commandSeconds = 20;

/**
 * A connection to the monitor of one QEMU. Its end is the surest sign that the process has ended, also for a process
 * that is not our child: the kernel closes the socket for it.
 */
export class QmpClient {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<EventListener>();
  readonly #lines = new LineCutter();
  #lastId = 0;
  #greeted: (() => void) | undefined;
  /** Resolves once the connection has ended, whoever ended it. Never rejects. */
  readonly closed: Promise<void>;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        for (const waiting of this.#waiting.values())
          waiting.reject(new Error('the monitor connection ended'));
        this.#waiting.clear();
        resolve();
      });
    });
    // Without a listener an error would end the process; 'close' follows it and says all there is to say.
    socket.on('error', () => undefined);
    socket.setEncoding('utf8');
    socket.on('data', (piece: string) => {
      this.#take(piece);
    });
  }

  /** Connects and shakes hands. Throws when nothing listens at `path` or does not speak QMP in time. */
  static async open(path: string, deadline: Deadline): Promise<QmpClient> {
    const client = new QmpClient(await connected(path, deadline));
    const greeting = new Promise<void>((resolve) => {
      client.#greeted = resolve;
    });
    try {
      await inTime(
        Promise.race([greeting, client.closed.then(() => Promise.reject(new Error('closed at once')))]),
        deadline,
      );
      await client.execute('qmp_capabilities', undefined, deadline);
      return client;
    } catch (error) {
      client.close();
      throw error;
    }
  }

  /** Runs a command; resolves to what it returns, throws QEMU's own description of its refusal. */
  async execute(
    command: string,
    argument?: Readonly<Record<string, unknown>>,
    deadline: Deadline = Deadline.after(commandSeconds),
  ): Promise<unknown> {
    if (this.#socket.destroyed) throw new Error('the monitor connection has ended');
    const id = ++this.#lastId;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    this.#socket.write(
      `${JSON.stringify({ execute: command, ...(argument && { arguments: argument }), id })}\n`,
    );
    try {
      return await inTime(answer, deadline);
    } finally {
      this.#waiting.delete(id);
    }
  }

  /** A command of the human monitor, for what QMP does not offer. */
  async human(commandLine: string): Promise<string> {
    return String(await this.execute('human-monitor-command', { 'command-line': commandLine }));
  }

  onEvent(listener: EventListener): void {
    this.#listeners.add(listener);
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(piece: string): void {
    try {
      for (const line of this.#lines.push(piece)) this.#handle(parseMessage(line));
    } catch {
      // Whatever speaks there is not QEMU's monitor, or is broken: end it, which is reported like a lost machine.
      this.#socket.destroy();
    }
  }

  #handle(message: QmpMessage): void {
    if (message.kind === 'greeting') this.#greeted?.();
    else if (message.kind === 'event')
      for (const listener of this.#listeners) listener(message.name, message.data);
    else if (message.kind === 'answer') this.#waiting.get(message.id)?.resolve(message.value);
    else if (message.id !== undefined) this.#waiting.get(message.id)?.reject(new Error(message.description));
  }
}

/** Connects to a Unix socket. */
export async function connected(path: string, deadline: Deadline): Promise<Socket> {
  const socket = connect(path);
  try {
    await inTime(
      new Promise<void>((resolve, reject) => {
        socket.once('connect', resolve);
        socket.once('error', reject);
      }),
      deadline,
    );
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function inTime<T>(work: Promise<T>, deadline: Deadline): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${deadline.length / 1000} s`));
    }, deadline.left);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
