/**
 * The text a person would have read: a terminal's line discipline without a screen's rows and columns.
 *
 * Carriage return goes back to the start of the line and overwrites; backspace goes back one; `\b \b` therefore
 * erases. Positions are absolute and count from the first character ever fed; the text before `start` was
 * forgotten, so that memory stays bounded however long a machine talks.
 */
export class LineText {
  readonly #limit: number;
  /** Finished lines, each with its line feed. */
  #done = '';
  #line: string[] = [];
  #column = 0;
  #forgotten = 0;
  #returned = false;

  /** @param limit characters kept; default 65,536. */
  constructor(limit = 65_536) {
    this.#limit = limit;
  }

  /** Adds text that `ControlSequenceFilter` made. */
  write(text: string): void {
    for (const char of text) this.#put(char);
    this.#forget();
  }

  /** All text kept. */
  get text(): string {
    return this.#done + this.#visibleLine();
  }

  /** The text from an absolute position on; from `start` when that much was forgotten. */
  textFrom(position: number): string {
    const from = Math.max(0, position - this.#forgotten);
    const done = this.#done;
    return from < done.length
      ? done.slice(from) + this.#visibleLine()
      : this.#visibleLine().slice(from - done.length);
  }

  /** Absolute position of the first character kept. */
  get start(): number {
    return this.#forgotten;
  }

  /** Absolute position behind the last character. */
  get end(): number {
    return this.#forgotten + this.#done.length + this.#visibleLine().length;
  }

  /** Absolute position at which the next character will stand. */
  get writing(): number {
    return this.#forgotten + this.#done.length + (this.#returned ? 0 : this.#column);
  }

  /** The last lines, blank ones at the end left out. @param count default 24. */
  lastLines(count = 24): string[] {
    const lines = this.text.split('\n').map((line) => line.trimEnd());
    while (lines.at(-1) === '') lines.pop();
    return lines.slice(-count);
  }

  #put(char: string): void {
    if (char === '\n') {
      this.#done += `${this.#visibleLine()}\n`;
      this.#line = [];
      this.#column = 0;
      this.#returned = false;
    } else if (char === '\r') {
      // Only a character behind it shows whether it was the first half of a line end.
      this.#returned = true;
    } else if (char === '\b') {
      this.#goBack();
      this.#column = Math.max(0, this.#column - 1);
    } else {
      this.#goBack();
      this.#line[this.#column] = char === '\t' ? ' ' : char;
      this.#column += 1;
    }
  }

  #goBack(): void {
    if (!this.#returned) return;
    this.#returned = false;
    this.#column = 0;
  }

  /** Blanks to the right of the cursor are erased characters, not text. */
  #visibleLine(): string {
    let length = this.#line.length;
    while (length > this.#column && this.#line[length - 1] === ' ') length -= 1;
    return this.#line.slice(0, length).join('');
  }

  #forget(): void {
    if (this.#done.length > this.#limit * 1.5) {
      const cut = this.#done.length - this.#limit;
      this.#done = this.#done.slice(cut);
      this.#forgotten += cut;
    }
    if (this.#line.length > this.#limit) {
      // One endless line (binary noise): broken, so that it can be forgotten like any other text.
      this.#put('\n');
    }
  }
}
