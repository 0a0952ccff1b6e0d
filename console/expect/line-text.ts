import { PieceText } from './piece-text.ts';

/** Characters of one line that a message shows, at most: a line without an end must not fill it. */
const longestShown = 240;

/**
 * The text a person would have read: a terminal's line discipline without a screen's rows and columns.
 *
 * Carriage return goes back to the start of the line and overwrites; backspace goes back one; `\b \b` therefore
 * erases. Positions are absolute and count UTF-16 units from the first one ever fed; the text before `start` was
 * forgotten, so that memory stays bounded however long a machine talks, with line ends or without.
 */
export class LineText {
  /** Everything to the left of the cursor, with the lines before. */
  readonly #left: PieceText;
  /** What stands to the right of the cursor in its line, the last character first. */
  readonly #right: string[] = [];
  #lineStart = 0;
  #returned = false;

  /** @param limit characters kept; default 65,536. */
  constructor(limit = 65_536) {
    this.#left = new PieceText(limit);
  }

  /** Adds text that `ControlSequenceFilter` made. */
  write(text: string): void {
    for (const [run] of text.matchAll(/[^\b\n\r]+|[^]/g)) {
      if (run === '\n') this.#endLine();
      else if (run === '\r') {
        // Only a character behind it shows whether it was the first half of a line end.
        this.#returned = true;
      } else if (run === '\b') this.#goBackOne();
      else this.#put(run.replaceAll('\t', ' '));
    }
  }

  /** All text kept. */
  get text(): string {
    return this.textFrom(this.start);
  }

  /** The text from an absolute position on; from `start` when that much was forgotten. */
  textFrom(position: number): string {
    const { end } = this.#left;
    const right = this.#visibleRight();
    return position < end ? this.#left.slice(position) + right : right.slice(position - end);
  }

  /** The text from one absolute position to another, both not right of `writing`. */
  slice(from: number, to: number): string {
    return this.#left.slice(from, to);
  }

  /** Absolute position of the first character kept. */
  get start(): number {
    return this.#left.start;
  }

  /** Absolute position behind the last character. */
  get end(): number {
    return this.#left.end + this.#visibleRight().length;
  }

  /** Absolute position at which the next character will stand. */
  get writing(): number {
    return this.#returned ? this.#firstInLine : this.#left.end;
  }

  /** The last lines, blank ones at the end left out; of a very long one its end. @param count default 24. */
  lastLines(count = 24): string[] {
    const lines = this.text.split('\n').map((line) => line.trimEnd());
    while (lines.at(-1) === '') lines.pop();
    return lines
      .slice(-count)
      .map((line) => (line.length > longestShown ? `...${line.slice(3 - longestShown)}` : line));
  }

  get #firstInLine(): number {
    return Math.max(this.#lineStart, this.#left.start);
  }

  #put(run: string): void {
    this.#goBack();
    this.#left.append(run);
    this.#right.length = Math.max(0, this.#right.length - run.length);
  }

  #endLine(): void {
    this.#left.append(`${this.#visibleRight()}\n`);
    this.#right.length = 0;
    this.#lineStart = this.#left.end;
    this.#returned = false;
  }

  #goBackOne(): void {
    this.#goBack();
    if (this.#left.end > this.#firstInLine) this.#right.push(this.#left.takeLast());
  }

  #goBack(): void {
    if (!this.#returned) return;
    this.#returned = false;
    while (this.#left.end > this.#firstInLine) this.#right.push(this.#left.takeLast());
  }

  /** Blanks to the right of the cursor are erased characters, not text. */
  #visibleRight(): string {
    let blanks = 0;
    while (this.#right[blanks] === ' ') blanks += 1;
    return this.#right.slice(blanks).reverse().join('');
  }
}
