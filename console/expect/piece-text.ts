/** Characters of a piece that is not written to any more. Small, so that adding one character to the last piece is cheap. */
const full = 1_024;

/**
 * A text that grows and shrinks at its end, and is forgotten at its start. Positions are absolute: they count from the
 * first character ever added. Adding, taking back and reading a stretch cost what is added, taken back or read, however
 * much is kept.
 */
export class PieceText {
  readonly #limit: number;
  #pieces: string[] = [];
  #start = 0;
  #end = 0;

  /** @param limit characters kept; half as many more may be there for a while. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Position of the first character kept. */
  get start(): number {
    return this.#start;
  }

  /** Position behind the last character. */
  get end(): number {
    return this.#end;
  }

  append(text: string): void {
    for (let at = 0; at < text.length; at += full) {
      const more = at === 0 && text.length <= full ? text : text.slice(at, at + full);
      const last = this.#pieces.at(-1);
      if (last !== undefined && last.length + more.length <= full)
        this.#pieces[this.#pieces.length - 1] = last + more;
      else this.#pieces.push(more);
    }
    this.#end += text.length;
    if (this.#end - this.#start > this.#limit * 1.5) this.#forget();
  }

  /** Takes the last character back; '' when none is kept. */
  takeLast(): string {
    const last = this.#pieces.pop();
    if (last === undefined) return '';
    if (last.length > 1) this.#pieces.push(last.slice(0, -1));
    this.#end -= 1;
    return last.slice(-1);
  }

  /** The text from a position up to another; what was forgotten of it is left out. */
  slice(from: number, to = this.#end): string {
    const wanted: string[] = [];
    let pieceStart = this.#end;
    for (let index = this.#pieces.length - 1; index >= 0 && pieceStart > from; index -= 1) {
      const piece = this.#pieces[index] ?? '';
      pieceStart -= piece.length;
      if (pieceStart >= to) continue;
      wanted.push(piece.slice(Math.max(0, from - pieceStart), to - pieceStart));
    }
    return wanted.length === 1 ? (wanted[0] ?? '') : wanted.reverse().join('');
  }

  #forget(): void {
    let excess = this.#end - this.#start - this.#limit;
    this.#start += excess;
    const whole = this.#pieces.findIndex((piece) => {
      if (piece.length > excess) return true;
      excess -= piece.length;
      return false;
    });
    this.#pieces.splice(0, whole < 0 ? this.#pieces.length : whole);
    const first = this.#pieces[0];
    if (first !== undefined && excess > 0) this.#pieces[0] = first.slice(excess);
  }
}
