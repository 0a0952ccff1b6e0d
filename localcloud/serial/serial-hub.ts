import type { Socket } from 'node:net';
import type { SerialViewer } from '../machines/machine-driver.ts';
import { ScrollBack } from './scroll-back.ts';
import { compact, loadScrollBack, type SerialFiles } from './serial-store.ts';

/** Bytes typed but not yet taken by QEMU; more is thrown away, as a UART does that nobody reads. */
const mostUnsent = 64 * 1024;

/** How often the log is moved to the scroll-back, in multiples of the scroll-back's size. */
const compactAfter = 4;

/**
 * One machine's serial line: one connection to QEMU, any number of viewers. It outlives the machine's processes, so
 * viewers stay attached across power cycles. Writes of several viewers go out whole and in the order of the calls.
 */
export class SerialHub {
  readonly #files: SerialFiles;
  readonly #size: number | undefined;
  #past: ScrollBack;
  readonly #viewers = new Set<(bytes: Uint8Array) => void>();
  #socket: Socket | undefined;
  #sinceCompact = 0;

  /** Loads the past from the files; nothing is connected yet. */
  constructor(files: SerialFiles, size?: number) {
    this.#files = files;
    this.#size = size;
    this.#past = new ScrollBack(size);
    this.#past.push(loadScrollBack(files, this.#past.size));
  }

  /** Takes over a connection to QEMU's serial socket; the one before is ended. */
  connect(socket: Socket): void {
    this.disconnect();
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => {
      this.#take(Uint8Array.from(bytes));
    });
    // 'close' follows and says the same.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = undefined;
    });
  }

  /** Resolves once the connection has ended and every byte of it was passed on; at once without a connection. */
  async drained(): Promise<void> {
    const socket = this.#socket;
    if (socket === undefined || socket.closed) return;
    await new Promise<void>((resolve) => socket.once('close', resolve));
  }

  /**
   * Takes the past from the files again: the machine may have talked while no daemon ran. To be called while the machine
   * is paused and after the connection is accepted, so that no byte is in the log and on the line.
   */
  reload(): void {
    this.#past = new ScrollBack(this.#size);
    this.#past.push(loadScrollBack(this.#files, this.#past.size));
    this.compactNow();
  }

  /** A new viewer; see `SerialViewer`. */
  attach(): SerialViewer {
    let listening: ((bytes: Uint8Array) => void) | undefined;
    return {
      onData: (listener) => {
        if (listening) this.#viewers.delete(listening);
        listening = (bytes) => {
          listener(bytes);
        };
        const past = this.#past.content();
        if (past.length > 0) listener(past);
        this.#viewers.add(listening);
      },
      write: (bytes) => {
        const socket = this.#socket;
        if (socket === undefined || socket.writableLength + bytes.length > mostUnsent) return;
        socket.write(bytes);
      },
      detach: () => {
        if (listening) this.#viewers.delete(listening);
        listening = undefined;
      },
    };
  }

  /** Says something in the machine's place: viewers see it now, later ones in the scroll-back. */
  say(text: string): void {
    const bytes = Uint8Array.from(Buffer.from(text, 'utf8'));
    this.#take(bytes);
    // It is in no log of QEMU's.
    this.compactNow();
  }

  /** Moves the log into the bounded scroll-back file. */
  compactNow(): void {
    compact(this.#files, this.#past.content());
    this.#sinceCompact = 0;
  }

  /** Ends the connection to QEMU; viewers stay. */
  disconnect(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #take(bytes: Uint8Array): void {
    this.#past.push(bytes);
    for (const viewer of this.#viewers) viewer(bytes);
    this.#sinceCompact += bytes.length;
    if (this.#sinceCompact > compactAfter * this.#past.size) this.compactNow();
  }
}
