/** Line ends between two characters of a secret, at most: a console breaks a line once, and may show that doubled. */
const mostLineEnds = 8;

/**
 * Takes secrets out of a stream of text, whatever pieces it arrives in. Line ends inside a secret do not hide it
 * (firmware consoles break lines at 80 columns), and neither does an echo that doubles every character.
 */
export class Redactor {
  readonly #secrets: string[] = [];
  #held = '';

  /** From now on this text is replaced by `********`. Secrets shorter than 4 characters are refused: RangeError. */
  add(secret: string): void {
    if (secret.length < 4) throw new RangeError('a secret on a console has at least 4 characters');
    for (const form of [secret, secret.replaceAll(/[^]/g, '$&$&')]) {
      if (!this.#secrets.includes(form)) this.#secrets.push(form);
    }
    // The longest first: a secret may hold another one.
    this.#secrets.sort((a, b) => b.length - a.length);
  }

  /** The text without secrets. A tail that may be the start of one is held back for the next call. */
  feed(text: string): string {
    const all = this.#held + text;
    this.#held = '';
    if (this.#secrets.length === 0) return all;
    let shown = '';
    let at = 0;
    while (at < all.length) {
      const length = this.#secretAt(all, at);
      if (length === 'perhaps') {
        this.#held = all.slice(at);
        return shown;
      }
      shown += length === 0 ? (all[at] ?? '') : '********';
      at += Math.max(1, length);
    }
    return shown;
  }

  /** What is held back, at the end of the stream: a beginning of a secret is masked too. */
  flush(): string {
    const held = this.#held;
    this.#held = '';
    return held.length >= 4 ? '********' : held;
  }

  /** Masks whole texts, such as a command in a message. */
  whole(text: string): string {
    let masked = text;
    for (const secret of this.#secrets) masked = masked.replaceAll(secret, '********');
    return masked;
  }

  #secretAt(text: string, start: number): number | 'perhaps' {
    if (text[start] === '\r' || text[start] === '\n') return 0;
    let perhaps = false;
    for (const secret of this.#secrets) {
      let at = start;
      let matched = 0;
      let lineEnds = 0;
      while (matched < secret.length && at < text.length && lineEnds <= mostLineEnds) {
        const char = text[at];
        if (char === secret[matched]) {
          matched += 1;
          lineEnds = 0;
        } else if (char === '\r' || char === '\n') lineEnds += 1;
        else break;
        at += 1;
      }
      if (matched === secret.length) return at - start;
      if (at === text.length && lineEnds <= mostLineEnds) perhaps = true;
    }
    return perhaps ? 'perhaps' : 0;
  }
}
