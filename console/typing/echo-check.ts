import { BACKSPACE, type Keystroke } from './keystrokes.ts';

/** What the echo so far says. */
export type EchoVerdict = 'as-sent' | 'doubled' | 'wrong';

/**
 * Compares what comes back with the keys sent, character by character.
 *
 * Strict on purpose: one character that does not belong there, and the line counts as wrong, because a lost
 * character may hide behind output of somebody else. Line ends are let through anywhere: firmware consoles break
 * the line at their 80th column.
 */
export class EchoCheck {
  readonly #keys: readonly Keystroke[];
  readonly #careful: boolean;
  #at = 0;
  #repeats = 0;
  /** Where in `\b \b` the echo of a backspace is: 0 before, 1 behind its first backspaces, 2 behind its blank. */
  #erasing = 0;

  constructor(keys: readonly Keystroke[], careful: boolean) {
    this.#keys = keys;
    this.#careful = careful;
  }

  /** How many keys were echoed as they should be. */
  get verified(): number {
    return this.#at;
  }

  feed(text: string): EchoVerdict {
    for (const char of text) {
      const verdict = this.#check(char);
      if (verdict !== 'as-sent') return verdict;
    }
    return 'as-sent';
  }

  #check(char: string): EchoVerdict {
    if (char === '\r' || char === '\n') return 'as-sent';
    // What is left of the prompt (`iPXE>` and, a tick later, a blank) and of an erased line.
    if (this.#at === 0 && this.#erasing === 0 && (char === ' ' || char === BACKSPACE)) return 'as-sent';
    const wanted = this.#keys[this.#at]?.echo;
    if (wanted === BACKSPACE && (char === BACKSPACE || (char === ' ' && this.#erasing > 0))) {
      return this.#erase(char);
    }
    if (char === wanted && this.#erasing === 0) {
      this.#at += 1;
      this.#repeats = 1;
      return 'as-sent';
    }
    const before = this.#keys[this.#at - 1]?.echo;
    if (char !== before || this.#erasing !== 0) return 'wrong';
    this.#repeats += 1;
    if (!this.#careful) return 'doubled';
    return char === BACKSPACE || this.#repeats <= 2 ? 'as-sent' : 'wrong';
  }

  #erase(char: string): EchoVerdict {
    if (char === ' ') {
      this.#erasing = 2;
    } else if (this.#erasing === 2) {
      this.#erasing = 0;
      this.#at += 1;
      this.#repeats = 1;
    } else if (this.#erasing === 0 && this.#keys[this.#at - 1]?.echo === BACKSPACE) {
      return 'wrong';
    } else {
      this.#erasing = 1;
    }
    return 'as-sent';
  }
}
