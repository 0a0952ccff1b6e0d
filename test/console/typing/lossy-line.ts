/**
 * A simulated serial line with a line editor at its far end, and everything that goes wrong with them. Faults are
 * drawn from a seeded generator, so that a failing run can be repeated.
 */
export interface Faults {
  /** Chance that a key never arrives. */
  readonly keyLost: number;
  /** Chance that a key arrives as another printable character. */
  readonly keyGarbled: number;
  /** Chance that a character of the echo never arrives. */
  readonly echoLost: number;
  /** Chance that a character of the echo arrives as `~`, which no line here holds. */
  readonly echoGarbled: number;
  /** How often each character comes back: once, always twice, or now and then twice. */
  readonly doubling: 'never' | 'always' | 'sometimes';
  /** Chance, at each key, of somebody else's line in between. */
  readonly chatter: number;
  /** The longest delay of an echo, in milliseconds; order is kept. */
  readonly delay: number;
  /** Keys that are kept while nobody reads; more are lost, as in a UART. */
  readonly buffer: number;
}

interface Arrival {
  readonly at: number;
  readonly text: string;
}

export class LossyLine {
  /** What was entered. */
  readonly entered: string[] = [];
  readonly #faults: Faults;
  readonly #random: () => number;
  #editor = '';
  #arrivals: Arrival[] = [];
  #last = 0;

  constructor(faults: Faults, random: () => number, leftOver = '') {
    this.#faults = faults;
    this.#random = random;
    this.#editor = leftOver;
  }

  /** Keys sent at this moment. */
  send(keys: string, now: number): void {
    const arriving = keys.slice(0, this.#faults.buffer);
    for (const key of arriving) this.#key(key, now);
  }

  /** What comes back next, and when; `undefined` when nothing is under way. */
  next(): Arrival | undefined {
    return this.#arrivals[0];
  }

  /** Takes it. Neighbours that arrive at the same time come in one piece. */
  take(): string {
    const at = this.#arrivals[0]?.at;
    let text = '';
    while (this.#arrivals[0] && this.#arrivals[0].at === at) text += this.#arrivals.shift()?.text ?? '';
    return text;
  }

  #key(sent: string, now: number): void {
    const { keyLost, keyGarbled, chatter } = this.#faults;
    if (this.#chance(chatter)) this.#echo('\r\nnet0: link is up\r\n', now);
    if (this.#chance(keyLost)) return;
    const key = this.#chance(keyGarbled) ? String.fromCharCode(33 + Math.floor(this.#random() * 93)) : sent;
    if (key === '\r') {
      this.entered.push(this.#editor);
      this.#editor = '';
      this.#echo('\r\n', now, true);
    } else if (key === '\u0015') {
      const length = this.#editor.length;
      this.#editor = '';
      this.#echo('\b'.repeat(length) + ' '.repeat(length) + '\b'.repeat(length), now);
    } else if (key === '\b') {
      if (this.#editor === '') return;
      this.#editor = this.#editor.slice(0, -1);
      this.#echo('\b \b', now);
    } else {
      this.#editor += key;
      this.#echo(key, now);
    }
  }

  #echo(text: string, now: number, whole = false): void {
    const { echoLost, echoGarbled, delay, doubling } = this.#faults;
    for (const char of text) {
      const times = doubling === 'always' || (doubling === 'sometimes' && this.#chance(0.1)) ? 2 : 1;
      for (let copy = 0; copy < times; copy += 1) {
        if (!whole && this.#chance(echoLost)) continue;
        const shown = !whole && this.#chance(echoGarbled) ? '~' : char;
        this.#last = Math.max(this.#last, now + Math.floor(this.#random() * delay));
        this.#arrivals.push({ at: this.#last, text: shown });
      }
    }
  }

  #chance(probability: number): boolean {
    return this.#random() < probability;
  }
}

/** mulberry32: a small generator whose whole state is its seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
