/** What a person's keys mean: keys for the machine, and whether to leave. */
export interface EscapeResult {
  readonly keys: string;
  readonly action: 'none' | 'leave' | 'help';
}

/**
 * Finds `~.` in what a person types, as ssh(1) and cu(1) have it: only at the start of a line. `~~` sends one `~`,
 * `~?` shows help, and `~` before anything else is an ordinary character.
 */
export class EscapeKeys {
  #atLineStart = true;
  #tilde = false;

  feed(typed: string): EscapeResult {
    let keys = '';
    for (const key of typed) {
      if (this.#tilde) {
        this.#tilde = false;
        if (key === '.') return { keys, action: 'leave' };
        if (key === '?') return { keys, action: 'help' };
        keys += key === '~' ? '~' : `~${key}`;
        this.#atLineStart = key === '\r' || key === '\n';
      } else if (key === '~' && this.#atLineStart) {
        this.#tilde = true;
      } else {
        keys += key;
        this.#atLineStart = key === '\r' || key === '\n';
      }
    }
    return { keys, action: 'none' };
  }
}
