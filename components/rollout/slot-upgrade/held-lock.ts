import type { UpgradeMachine } from './machine.ts';

/** The lock on a machine: taken once, and given back only when it was taken. */
export class HeldLock {
  readonly #machine: UpgradeMachine;
  #held = false;

  constructor(machine: UpgradeMachine) {
    this.#machine = machine;
  }

  /** Resolves with whose stale lock was broken for it; empty when none was. */
  async take(): Promise<string> {
    if (this.#held) return '';
    const broken = await this.#machine.lock();
    this.#held = true;
    return broken;
  }

  /** A machine that cannot be reached keeps its lock; it becomes stale, and the next rollout says so. */
  async giveBack(): Promise<void> {
    if (this.#held) await this.#machine.unlock().catch(() => undefined);
  }
}
