/**
 * A point in time by which something must have happened, and the signal that fires then.
 * Every wait in bootfleet takes one, so that nothing waits for ever and nothing is given up silently.
 */
export class Deadline {
  readonly #at: number;
  readonly #outer: AbortSignal | undefined;
  /** The whole length in milliseconds, for messages. */
  readonly length: number;

  private constructor(length: number, outer: AbortSignal | undefined) {
    this.length = length;
    this.#at = performance.now() + length;
    this.#outer = outer;
  }

  /**
   * @param seconds how long from now; must be positive.
   * @param outer a signal that ends it earlier (Ctrl-C, a failed sibling).
   * @example const deadline = Deadline.after(30);
   */
  static after(seconds: number, outer?: AbortSignal): Deadline {
    return new Deadline(seconds * 1000, outer);
  }

  /** Milliseconds left, never below zero. */
  get left(): number {
    return Math.max(0, this.#at - performance.now());
  }

  get passed(): boolean {
    return this.left === 0 || (this.#outer?.aborted ?? false);
  }

  /**
   * A signal that fires once the deadline has passed, never before `passed` says so, or when the outer signal does.
   * Its timer does not keep Node alive.
   */
  get signal(): AbortSignal {
    // A timer counts from a clock that is rounded down to milliseconds, and so fires up to one early.
    const timer = AbortSignal.timeout(Math.ceil(this.left) + 1);
    return this.#outer ? AbortSignal.any([timer, this.#outer]) : timer;
  }

  /** The same point in time, or earlier when the signal fires. */
  endedBy(signal: AbortSignal): Deadline {
    return new Deadline(this.left, this.#outer ? AbortSignal.any([this.#outer, signal]) : signal);
  }

  /** The earlier of this and `seconds` from now. */
  within(seconds: number): Deadline {
    return new Deadline(Math.min(this.left, seconds * 1000), this.#outer);
  }
}
