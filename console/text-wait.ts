import type { Deadline } from '../waiting/deadline.ts';

/** What is waited for in the text that a line shows. */
export interface Wanted<T> {
  readonly deadline: Deadline;
  /** Completes `<machine>: ...` in messages. */
  readonly doing: string;
  /** Called with every piece of text, first with none; its first result ends the wait. */
  readonly look: (text: string) => T | undefined;
  /** For what also ends, or goes on, by silence. */
  readonly silence?: {
    /** Milliseconds; asked for anew after each piece of text and each silence. `Infinity`: none. */
    readonly after: () => number;
    readonly look: () => T | undefined;
  };
}

/** Makes the errors that end a wait. */
export interface WaitErrors {
  timeout(doing: string, deadline: Deadline): Error;
  /** @param error what ended the line; `undefined` when it was closed on purpose. */
  closed(doing: string, error: unknown): Error;
}

/** Waits for something in the text of one line; one wait at a time. */
export class TextWait {
  readonly #errors: WaitErrors;
  #listener: ((text: string) => void) | undefined;
  #fail: ((error: Error) => void) | undefined;
  #doing = '';
  #over: { readonly error: Error | undefined } | undefined;

  constructor(errors: WaitErrors) {
    this.#errors = errors;
  }

  /** Hands a piece of text to the wait. @returns false when nothing waits, and nobody has it yet. */
  receive(text: string): boolean {
    if (this.#listener === undefined) return false;
    this.#listener(text);
    return true;
  }

  /** The line has ended: the wait fails, and so does every one from now on. */
  end(error: Error | undefined): void {
    this.#over = { error };
    this.#fail?.(this.#errors.closed(this.#doing, error));
  }

  /** Ends the wait with an error; nothing happens when nothing waits. */
  fail(error: Error): void {
    this.#fail?.(error);
  }

  /** @throws what the errors' makers make, at the deadline and at the line's end. */
  async until<T>({ deadline, doing, look, silence }: Wanted<T>): Promise<T> {
    // What is there already needs no timer and no signal: thousands of lines may have come at once.
    const there = look('');
    if (there !== undefined) return there;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const signal = deadline.signal;
    let timer: NodeJS.Timeout | undefined;
    // Nothing is listened to any more once it is settled: what arrives then is for the next wait.
    const stop = (): void => {
      clearTimeout(timer);
      this.#listener = undefined;
      this.#fail = undefined;
    };
    const fail = (error: Error): void => {
      stop();
      reject(error);
    };
    const settle = (attempt: () => T | undefined): void => {
      clearTimeout(timer);
      let result: T | undefined;
      try {
        result = attempt();
      } catch (error) {
        // A look that fails fails its own wait, not whoever brought the text: that is the line itself.
        fail(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      if (result !== undefined) {
        stop();
        resolve(result);
        return;
      }
      const quiet = silence?.after() ?? Infinity;
      if (silence !== undefined && quiet !== Infinity) timer = setTimeout(settle, quiet, silence.look);
    };
    const onDeadline = (): void => {
      fail(this.#errors.timeout(doing, deadline));
    };
    this.#doing = doing;
    this.#fail = fail;
    this.#listener = (text) => {
      settle(() => look(text));
    };
    signal.addEventListener('abort', onDeadline, { once: true });
    settle(() => undefined);
    if (this.#over) this.fail(this.#errors.closed(doing, this.#over.error));
    else if (signal.aborted) onDeadline();
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', onDeadline);
    }
  }
}
