/** Lets so many pieces of work run at once; the others wait in the order in which they came. */
export class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** @param atOnce at least 1; `Infinity` for no limit. */
  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /**
   * Does a piece of work when it is its turn. The turn ends with the work, however that ends.
   *
   * @param onWait called when it has to wait.
   */
  async take<T>(work: () => Promise<T>, onWait?: () => void): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else {
      onWait?.();
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    try {
      return await work();
    } finally {
      // Whoever waits takes this turn over; it is free only when nobody does.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}
