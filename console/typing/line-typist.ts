import { EchoCheck } from './echo-check.ts';
import { ENTER, isTypeable, KILL_LINE, keystrokesFor, type Keystroke } from './keystrokes.ts';
import { markerFor } from './marker.ts';
import type { Pace } from './pace.ts';

/** How one line is typed; see `LineTypist`. */
export interface LineTypistOptions {
  /** Learned from the lines before. */
  readonly pace: Pace;
  /** The line editor is known to be empty and nothing is under way: a prompt has just appeared. Default false. */
  readonly clean?: boolean;
  /** How often the line may be started, markers included. Default 12. */
  readonly attempts?: number;
  /**
   * Enter is sent again, at most twice, when nothing at all came back. Only for prompts where an empty line does
   * nothing: iPXE's, not OpenBSD's boot loader's. Default false.
   */
  readonly repeatEnter?: boolean;
}

/** What to do next: send this, then call `silence` if nothing arrives for `wait` milliseconds. */
export interface TypingStep {
  readonly state: 'busy' | 'entered' | 'failed';
  readonly send: string;
  readonly wait: number;
  /** With `entered`: what arrived behind the echo of Enter; it belongs to whoever watches next. */
  readonly rest: string;
}

type Phase = 'mark' | 'kill' | 'type' | 'enter' | 'over';

/**
 * Types one line so that no wrong line is ever entered: a pure state machine, time and bytes come from outside.
 *
 * 1. mark: unless the line is known to be clean, two letters are typed. Echoes come in order, so once they come back
 *    nothing older is under way any more. They also show whether this line echoes everything twice.
 * 2. kill: Ctrl-U; the first backspace in the answer proves that the line was emptied.
 * 3. type: a window of keys, its echo, the next window.
 * 4. enter: only when every key was echoed as it should be.
 *
 * A lost, wrong or strange character goes back to 1 with a smaller window. What it cannot see: a key that was
 * garbled on its way in and whose echo was garbled on its way out into exactly the key that was meant.
 *
 * @throws RangeError from the constructor for a line with anything but printable ASCII, or beginning with a blank.
 */
export class LineTypist {
  readonly #line: string;
  readonly #pace: Pace;
  readonly #attempts: number;
  readonly #repeatEnter: boolean;
  readonly #clean: boolean;
  #phase: Phase = 'over';
  #attempt = 0;
  #enters = 0;
  #marker = '';
  #heard = '';
  #keys: Keystroke[] = [];
  #check = new EchoCheck([], false);
  #sent = 0;
  #sentAt = 0;
  #underWay = 0;

  constructor(line: string, options: LineTypistOptions) {
    if (!isTypeable(line))
      throw new RangeError('a typed line is printable ASCII and does not begin with a blank');
    this.#line = line;
    this.#pace = options.pace;
    this.#clean = options.clean ?? false;
    this.#attempts = options.attempts ?? 12;
    this.#repeatEnter = options.repeatEnter ?? false;
  }

  /** How often the line was started, for the log. */
  get attempt(): number {
    return this.#attempt;
  }

  start(now: number): TypingStep {
    return this.#clean ? this.#type(now) : this.#mark();
  }

  /** Text that arrived. */
  receive(text: string, now: number): TypingStep {
    if (this.#phase === 'mark' || this.#phase === 'kill') return this.#listen(text, now);
    if (this.#phase === 'type') return this.#compare(text, now);
    if (this.#phase === 'enter') return this.#awaitEnter(text);
    throw new Error('this line is over');
  }

  /** Nothing arrived for as long as the last step said. */
  silence(): TypingStep {
    this.#pace.silent();
    if (this.#phase !== 'enter') return this.#again();
    if (!this.#repeatEnter || this.#enters >= 3) return this.#end('failed');
    this.#enters += 1;
    return this.#step(ENTER);
  }

  #mark(): TypingStep {
    if (this.#attempt >= this.#attempts) return this.#end('failed');
    this.#phase = 'mark';
    this.#marker = markerFor(this.#attempt, this.#line);
    this.#attempt += 1;
    this.#heard = '';
    return this.#step(this.#marker);
  }

  #listen(text: string, now: number): TypingStep {
    // Line ends are the console's own doing here too; without them the marker is in one piece.
    this.#heard = (this.#heard + text.replaceAll(/[\r\n]/g, '')).slice(-4_096);
    const [first = '', second = ''] = this.#marker;
    const marked = new RegExp(`(${first}{1,2})(${second}{1,2})`).exec(this.#heard);
    if (!marked) return this.#step('');
    if (this.#phase === 'mark') {
      this.#phase = 'kill';
      // Heard from the marker on: a backspace from before it must not count as the answer.
      this.#heard = this.#heard.slice(marked.index);
      return this.#step(KILL_LINE);
    }
    const killed = this.#heard.indexOf('\b', marked.index);
    if (killed < 0) return this.#step('');
    if ((marked[1] ?? '').length + (marked[2] ?? '').length > 2) this.#pace.careful = true;
    return this.#type(now, this.#heard.slice(killed));
  }

  #type(now: number, heard = ''): TypingStep {
    if (this.#attempt === 0) this.#attempt = 1;
    this.#phase = 'type';
    this.#keys = keystrokesFor(this.#line, this.#pace.careful);
    this.#check = new EchoCheck(this.#keys, this.#pace.careful);
    this.#sent = 0;
    if (this.#check.feed(heard) !== 'as-sent') return this.#again();
    return this.#window(now);
  }

  #window(now: number): TypingStep {
    const keys = this.#keys.slice(this.#sent, this.#sent + this.#pace.window);
    this.#sent += keys.length;
    this.#underWay = keys.length;
    this.#sentAt = now;
    return this.#step(keys.map(({ key }) => key).join(''));
  }

  #compare(text: string, now: number): TypingStep {
    const verdict = this.#check.feed(text);
    if (verdict === 'doubled') this.#pace.careful = true;
    // More echo than keys sent is somebody else's output that happens to look right.
    if (verdict !== 'as-sent' || this.#check.verified > this.#sent) return this.#again();
    if (this.#check.verified < this.#sent) return this.#step('');
    this.#pace.echoed(this.#underWay, now - this.#sentAt);
    if (this.#sent < this.#keys.length) return this.#window(now);
    this.#phase = 'enter';
    this.#enters = 1;
    return this.#step(ENTER);
  }

  #awaitEnter(text: string): TypingStep {
    const end = /\r?\n|\r/.exec(text);
    if (!end) return this.#step('');
    return this.#end('entered', text.slice(end.index));
  }

  #again(): TypingStep {
    if (this.#phase === 'type') this.#pace.lost();
    return this.#mark();
  }

  #step(send: string): TypingStep {
    return { state: 'busy', send, wait: this.#pace.silence, rest: '' };
  }

  #end(state: 'entered' | 'failed', rest = ''): TypingStep {
    this.#phase = 'over';
    return { state, send: '', wait: 0, rest };
  }
}
