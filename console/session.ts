import { BootfleetError } from '../errors/error.ts';
import { consoleClosed, consoleTimeout, lineNotEchoed } from '../errors/console.ts';
import { Deadline } from '../waiting/deadline.ts';
import { ControlSequenceFilter } from './expect/control-sequences.ts';
import { ExpectBuffer } from './expect/expect-buffer.ts';
import type { Match } from './expect/pattern.ts';
import type { Expected, ExpectOptions, SessionOptions, TypeLineOptions } from './session-options.ts';
import { ShownText } from './shown-text.ts';
import type { ConsoleTransport } from './transport.ts';
import { LineTypist, type TypingStep } from './typing/line-typist.ts';
import { Pace } from './typing/pace.ts';

export type { Expected, ExpectOptions, SessionOptions, TypeLineOptions } from './session-options.ts';

const encoder = new TextEncoder();

/**
 * A dialogue with one machine over its serial line: wait for text, type lines, keep a transcript.
 * One call at a time; it owns its transport and transcript and closes both.
 */
export class ConsoleSession {
  readonly machine: string;
  readonly #transport: ConsoleTransport;
  readonly #shown: ShownText;
  readonly #log: (text: string) => void;
  readonly #pace: Pace;
  readonly #decoder = new TextDecoder('utf-8');
  readonly #filter = new ControlSequenceFilter();
  readonly #buffer = new ExpectBuffer();
  #listener: ((text: string) => void) | undefined;
  #hidden = false;
  #over: { reason: string; error: Error | undefined } | undefined;
  #fail: ((error: Error) => void) | undefined;
  #doing = '';
  /** A line was entered here, and then something that was waited for came: the line editor is empty. */
  #clean = false;
  #entered = false;

  constructor({ transport, machine, transcript, log, pace }: SessionOptions) {
    this.#transport = transport;
    this.machine = machine;
    this.#shown = new ShownText(transcript);
    this.#log = log ?? (() => undefined);
    this.#pace = pace ?? new Pace();
    transport.onData((bytes) => {
      this.#receive(bytes);
    });
    void transport.closed.then((error) => {
      this.#over = { reason: error ? describe(error) : 'it was closed here', error };
      this.#fail?.(this.#closedError(this.#doing, error));
    });
  }

  /** The last lines shown, secrets masked. @param count default 24. */
  screen(count = 24): string {
    return this.#shown.lastLines(count).join('\n');
  }

  /** Notes a step of the dialogue in the log and in the transcript. */
  step(text: string): void {
    this.#log(this.#shown.marker(text));
  }

  /**
   * Forgets what was shown so far, once nothing came for a moment: a gateway begins with what earlier boots
   * said. Call it before the machine is powered on. A machine that never stops talking is cut off after 3 s.
   *
   * @param quiet that moment in seconds, see `quietTime`; default 0.5.
   */
  async discardBacklog(quiet = 0.5): Promise<void> {
    const doing = 'waiting for quiet';
    const end = Deadline.after(3);
    const anything = [{ name: 'text', match: /[^]+/ }];
    while (!end.passed) {
      const seen = await this.expectWithin(anything, { deadline: end.within(quiet), doing });
      if (seen === undefined) break;
    }
    this.#buffer.skip();
  }

  /**
   * Waits for whichever pattern is complete first in what has not been matched yet.
   *
   * @throws BF1303 at the deadline, BF1304 when the line ends, both with the last screen; and the error of a
   * pattern's own `failure`.
   */
  async expect(patterns: readonly Expected[], { deadline, doing }: ExpectOptions): Promise<Match> {
    const entered = this.#entered;
    this.#clean = false;
    this.#entered = false;
    const match = await this.#next(patterns, deadline, doing);
    this.#entered = entered;
    this.#clean = entered;
    const failure = patterns.find(({ name }) => name === match.name)?.failure;
    if (failure) throw failure(match);
    return match;
  }

  /** Like `expect`, but `undefined` when nothing came by then. */
  async expectWithin(
    patterns: readonly Expected[],
    { deadline, doing }: ExpectOptions,
  ): Promise<Match | undefined> {
    try {
      return await this.expect(patterns, { deadline, doing });
    } catch (error) {
      if (error instanceof BootfleetError && error.code === consoleTimeout.definition.code) return undefined;
      throw error;
    }
  }

  /** Sends keys as they are, without looking at their echo: single keys such as Ctrl-B (`\x02`). */
  async send(keys: string): Promise<void> {
    this.#clean = false;
    this.#entered = false;
    this.#shown.input(keys);
    await this.#write(keys, 'sending keys');
  }

  /**
   * Types a line and enters it, once every character was echoed as it should be. What is shown after that is for
   * the next `expect`.
   *
   * @throws BF1305 when the echo never became right, BF1303 at the deadline, BF1304 when the line ends.
   */
  async typeLine(
    line: string,
    { deadline, secrets = [], repeatEnter = false }: TypeLineOptions,
  ): Promise<void> {
    const shown = this.#shown.mask(line, secrets);
    const typist = new LineTypist(line, { pace: this.#pace, clean: this.#clean, repeatEnter });
    this.#clean = false;
    this.#entered = false;
    this.#hidden = secrets.length > 0;
    this.#buffer.skip();
    this.#shown.input(`${shown}\r`);
    if (this.#hidden) this.#shown.output(shown);
    try {
      const last = await this.#drive(typist, deadline, `typing \`${shown}\``);
      if (last.state === 'failed') {
        throw lineNotEchoed({
          machine: this.machine,
          line: shown,
          attempts: typist.attempt,
          screen: this.screen(),
        });
      }
      this.#entered = true;
    } finally {
      this.#hidden = false;
      this.#listener = undefined;
    }
  }

  /** Ends the session: the line and the transcript. */
  async close(): Promise<void> {
    await this.#transport.close();
    this.#shown.close();
  }

  #receive(bytes: Uint8Array): void {
    const raw = this.#decoder.decode(bytes, { stream: true });
    const text = this.#filter.feed(raw);
    if (!this.#hidden) this.#shown.output(raw);
    if (this.#listener) {
      this.#listener(text);
    } else {
      this.#buffer.feed(text);
    }
  }

  async #write(keys: string, doing: string): Promise<void> {
    try {
      await this.#transport.write(encoder.encode(keys));
    } catch (error) {
      throw this.#closedError(doing, error);
    }
  }

  #closedError(doing: string, error: unknown): Error {
    const reason = this.#over?.reason ?? describe(error);
    return consoleClosed(
      { machine: this.machine, doing, reason, screen: this.screen() },
      { cause: this.#over?.error ?? error },
    );
  }

  #timeoutError(doing: string, deadline: Deadline): Error {
    const seconds = Math.round(deadline.length / 100) / 10;
    return consoleTimeout({ machine: this.machine, doing, seconds, screen: this.screen() });
  }

  /** Calls `look` after every piece of text until it has a result; ends at the deadline and with the line. */
  async #until<T>(
    deadline: Deadline,
    doing: string,
    look: (text: string) => T | undefined,
    waitFor: () => number,
    onQuiet: () => T | undefined,
  ): Promise<T> {
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
      const result = attempt();
      if (result !== undefined) {
        stop();
        resolve(result);
      } else if (waitFor() !== Infinity) {
        timer = setTimeout(settle, waitFor(), onQuiet);
      }
    };
    const onDeadline = (): void => {
      fail(this.#timeoutError(doing, deadline));
    };
    this.#doing = doing;
    this.#fail = fail;
    this.#listener = (text) => {
      settle(() => look(text));
    };
    signal.addEventListener('abort', onDeadline, { once: true });
    settle(() => look(''));
    if (this.#over) this.#fail(this.#closedError(doing, this.#over.error));
    else if (signal.aborted) onDeadline();
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', onDeadline);
    }
  }

  #next(patterns: readonly Expected[], deadline: Deadline, doing: string): Promise<Match> {
    const look = (text: string): Match | undefined => {
      this.#buffer.feed(text);
      return this.#buffer.next(patterns);
    };
    return this.#until(
      deadline,
      doing,
      look,
      () => Infinity,
      () => undefined,
    );
  }

  async #drive(typist: LineTypist, deadline: Deadline, doing: string): Promise<TypingStep> {
    let step = typist.start(performance.now());
    let writing = Promise.resolve();
    const act = (next: TypingStep): TypingStep | undefined => {
      step = next;
      if (next.send !== '') {
        writing = writing
          .then(() => this.#write(next.send, doing))
          .catch((error: unknown) => {
            this.#fail?.(error instanceof Error ? error : new Error(String(error)));
          });
      }
      if (next.state === 'busy') return undefined;
      // At once: what arrives from now on is not echo any more, and stands behind this.
      if (this.#hidden) this.#shown.output(next.rest);
      this.#hidden = false;
      this.#buffer.feed(next.rest);
      return next;
    };
    let begun = false;
    const look = (text: string): TypingStep | undefined => {
      if (!begun) {
        begun = true;
        return act(step);
      }
      return act(typist.receive(text, performance.now()));
    };
    return this.#until(
      deadline,
      doing,
      look,
      () => step.wait,
      () => act(typist.silence()),
    );
  }
}

function describe(error: unknown): string {
  if (error instanceof BootfleetError) return error.summary;
  return error instanceof Error ? error.message : String(error);
}
