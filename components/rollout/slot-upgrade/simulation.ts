/**
 * A stand-in for a machine that only takes time: for measuring rollouts of a thousand machines and for tests of waves
 * and gates. It proves nothing about real ones. What it runs is known to one process only.
 */
export interface Simulation {
  /** Build that it runs at first. */
  readonly build: string;
  /** SHA-256 of the image that it was installed with; default: of any that bears the name of its build. */
  readonly sha256?: string;
  /** Seconds of sending and of a reboot; default 0. */
  readonly transfer?: number;
  readonly reboot?: number;
  /** A file: the transfer lasts until there is one, ten minutes at most; default: it lasts its seconds. */
  readonly transferUntil?: string;
  /**
   * What goes wrong with the new build; default nothing. `sick`: it is healthy once, and not when it is asked again.
   * `hung`: then it does not even answer any more, until its power is cut.
   */
  readonly fails?: 'unhealthy' | 'sick' | 'hung' | 'no-boot' | 'stuck';
  /** Folder in which its lock lies, so that rollouts in other processes meet it; default: it has none. */
  readonly locks?: string;
}
