import type { ConsoleTransport } from '../../console/transport.ts';
import { LossyLine, seeded } from './typing/lossy-line.ts';

/** A serial line whose far end is a function: an echoing line editor, and answers to whole lines. For tests. */
export class ScriptedLine implements ConsoleTransport {
  readonly description = 'scripted line';
  readonly closed: Promise<Error | undefined>;
  readonly entered: string[] = [];
  /** All single keys that were not part of a line. */
  readonly keys: string[] = [];
  readonly #answer: (line: string) => string;
  readonly #editor: LossyLine;
  #listener: ((bytes: Uint8Array) => void) | undefined;
  #end: ((error: Error | undefined) => void) | undefined;

  /** @param answer what is shown for a line that was entered. */
  constructor(answer: (line: string) => string = () => '') {
    this.#answer = answer;
    const perfect = {
      keyLost: 0,
      keyGarbled: 0,
      echoLost: 0,
      echoGarbled: 0,
      chatter: 0,
      delay: 0,
      buffer: 1_000,
    };
    this.#editor = new LossyLine({ ...perfect, doubling: 'never' }, seeded(1));
    this.closed = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#listener = listener;
  }

  write(bytes: Uint8Array): Promise<void> {
    const text = new TextDecoder().decode(bytes);
    if (text === '\u0002') {
      this.keys.push(text);
      return Promise.resolve();
    }
    this.#editor.send(text, 0);
    setImmediate(() => {
      this.say(this.#editor.take());
      for (const line of this.#editor.entered.splice(0)) {
        this.entered.push(line);
        this.say(this.#answer(line));
      }
    });
    return Promise.resolve();
  }

  /** The machine prints this. */
  say(text: string): void {
    this.#listener?.(new TextEncoder().encode(text));
  }

  /** The line is dropped. */
  drop(reason: string): void {
    this.#end?.(new Error(reason));
  }

  close(): Promise<void> {
    this.#end?.(undefined);
    return Promise.resolve();
  }
}
