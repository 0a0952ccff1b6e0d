import { BootfleetError } from '../errors/error.ts';
import { consoleClosed, consoleSilent, consoleTimeout, lineNotEchoed } from '../errors/console.ts';
import { machineStoppedByHost } from '../errors/localcloud.ts';
import { Deadline } from '../waiting/deadline.ts';
import { ControlSequenceFilter } from './expect/control-sequences.ts';
import { ExpectBuffer } from './expect/expect-buffer.ts';
import type { Match } from './expect/pattern.ts';
import type { Expected, ExpectOptions, SessionOptions, TypeLineOptions } from './session-options.ts';
import { ShownText } from './shown-text.ts';
import { TextWait } from './text-wait.ts';
import type { ConsoleTransport } from './transport.ts';
import { driveTypist } from './typing/drive-typist.ts';
import { LineTypist } from './typing/line-typist.ts';
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
  readonly #wait: TextWait;
  #hidden = false;
  #heard = 0;
  #over: { readonly error: Error | undefined } | undefined;
  /** A line was entered here, and then something that was waited for came: the line editor is empty. */
  #clean = false;
  #entered = false;

  constructor({ transport, machine, transcript, log, pace }: SessionOptions) {
    this.#transport = transport;
    this.machine = machine;
    this.#shown = new ShownText(transcript);
    this.#log = log ?? (() => undefined);
    this.#pace = pace ?? new Pace();
    this.#wait = new TextWait({
      closed: (doing, error) => this.#closedError(doing, error),
      timeout: (doing, deadline) => this.#timeoutError(doing, deadline),
    });
    transport.onData((bytes) => {
      this.#receive(bytes);
    });
    void transport.closed.then((error) => {
      this.#over = { error };
      this.#wait.end(error);
    });
  }

  /** The last lines shown, secrets masked. @param count default 24. */
  screen(count = 24): string {
    return this.#shown.lastLines(count).join('\n');
  }

  /** Characters that came so far, whatever they were: when it does not change, the line is silent. */
  get heard(): number {
    return this.#heard;
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
    const anything = [{ name: 'text', match: /[^]+/, reach: 1 }];
    while (!end.passed) {
      const seen = await this.expectWithin(anything, { deadline: end.within(quiet), doing });
      this.#buffer.skip();
      if (seen === undefined) break;
    }
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
    const look = (text: string): Match | undefined => {
      this.#buffer.feed(text);
      return this.#buffer.next(patterns);
    };
    const match = await this.#wait.until({ deadline, doing, look });
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
   * @throws BF1305 when the echo never became right, BF1313 when nothing came back at all, BF1303 at the deadline, BF1304 when the line ends.
   */
  async typeLine(
    line: string,
    { deadline, secrets = [], repeatEnter = false }: TypeLineOptions,
  ): Promise<void> {
    const shown = this.#shown.mask(line, secrets);
    const heard = this.#heard;
    const begun = performance.now();
    const typist = new LineTypist(line, { pace: this.#pace, clean: this.#clean, repeatEnter });
    this.#clean = false;
    this.#entered = false;
    this.#hidden = secrets.length > 0;
    this.#buffer.skip();
    this.#shown.input(`${shown}\r`);
    if (this.#hidden) this.#shown.output(shown);
    try {
      const doing = `typing \`${shown}\``;
      const last = await driveTypist(typist, {
        wait: this.#wait,
        deadline,
        doing,
        write: (keys) => this.#write(keys, doing),
        shown: (rest) => {
          if (this.#hidden) this.#shown.output(rest);
          this.#hidden = false;
          this.#buffer.feed(rest);
        },
      });
      if (last.state === 'failed' && this.#heard === heard) {
        const seconds = Math.round((performance.now() - begun) / 1000);
        throw consoleSilent({ machine: this.machine, doing, seconds, screen: this.screen() });
      }
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
    }
  }

  /** Ends the session: the line and the transcript. */
  async close(): Promise<void> {
    await this.#transport.close();
    this.#shown.close();
  }

  #receive(bytes: Uint8Array): void {
    const raw = this.#decoder.decode(bytes, { stream: true });
    this.#heard += raw.length;
    const text = this.#filter.feed(raw);
    if (!this.#hidden) this.#shown.output(raw);
    if (!this.#wait.receive(text)) this.#buffer.feed(text);
  }

  async #write(keys: string, doing: string): Promise<void> {
    try {
      await this.#transport.write(encoder.encode(keys));
    } catch (error) {
      throw this.#closedError(doing, error);
    }
  }

  #closedError(doing: string, error: unknown): Error {
    const stopped = this.#over?.error;
    // The line is all right, the machine is not: its own error says more than one about the line.
    if (stopped instanceof BootfleetError && stopped.code === machineStoppedByHost.definition.code) {
      const { why } = stopped.facts;
      return machineStoppedByHost({ machine: this.machine, why: String(why) }, { cause: stopped });
    }
    const reason =
      this.#over && !this.#over.error ? 'it was closed here' : describe(this.#over?.error ?? error);
    return consoleClosed(
      { machine: this.machine, doing, reason, screen: this.screen() },
      { cause: this.#over?.error ?? error },
    );
  }

  #timeoutError(doing: string, deadline: Deadline): Error {
    const seconds = Math.round(deadline.length / 100) / 10;
    return consoleTimeout({ machine: this.machine, doing, seconds, screen: this.screen() });
  }
}

function describe(error: unknown): string {
  if (error instanceof BootfleetError) return error.summary;
  return error instanceof Error ? error.message : String(error);
}
