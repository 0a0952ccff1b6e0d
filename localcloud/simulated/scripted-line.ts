import { ScrollBack } from '../serial/scroll-back.ts';
import type { SerialViewer } from '../machines/machine-driver.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Bytes of the past that a late viewer gets: thousands of lines may be open at once, so it is little. */
const past = 16 * 1024;

/** The serial line of a machine that is not there: any number of viewers at one end, a script at the other. */
export class ScriptedLine {
  readonly #past = new ScrollBack(past);
  readonly #viewers = new Set<(bytes: Uint8Array) => void>();
  /** Called with what a viewer typed; set by whoever plays the machine. */
  onTyped: ((text: string) => void) | undefined;

  /** Shows text to all viewers, now and later. Line ends are `\r\n`, as on a real line. */
  say(text: string): void {
    const bytes = encoder.encode(text);
    this.#past.push(bytes);
    for (const viewer of this.#viewers) viewer(bytes);
  }

  /** A new viewer; see `SerialViewer`. */
  attach(): SerialViewer {
    let listening: ((bytes: Uint8Array) => void) | undefined;
    const detach = (): void => {
      if (listening) this.#viewers.delete(listening);
    };
    return {
      onData: (listener) => {
        detach();
        listening = listener;
        const said = this.#past.content();
        if (said.length > 0) listener(said);
        this.#viewers.add(listener);
      },
      write: (bytes) => {
        this.onTyped?.(decoder.decode(bytes));
      },
      detach,
    };
  }
}
