/**
 * A stand-in for a machine that only takes time: for measuring rollouts of a thousand machines and for tests of waves
 * and gates. It proves nothing about real ones.
 */
export interface Simulation {
  /** Build that it runs at first. */
  readonly build: string;
  /** Seconds of sending and of a reboot; default 0. */
  readonly transfer?: number;
  readonly reboot?: number;
  /** What goes wrong with the new build; default nothing. */
  readonly fails?: 'unhealthy' | 'no-boot' | 'stuck';
}
