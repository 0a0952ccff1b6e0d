import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { machineLocked } from '../../../errors/rollout.ts';
import { lockOwner } from './lock-owner.ts';

/**
 * The lock of a simulated machine, made as on a real one: a folder, which comes into being for one holder only. It does
 * not become stale.
 */
export class SimulatedLock {
  readonly #machine: string;
  readonly #folder: string;
  #held = false;

  constructor(machine: string, locks: string) {
    this.#machine = machine;
    this.#folder = path.join(locks, machine);
  }

  /** @throws BF1702 with who holds it. */
  async take(): Promise<void> {
    const holder = `owner=${lockOwner()} host=${os.hostname()} process=${process.pid}`;
    try {
      await mkdir(this.#folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const other = await readFile(path.join(this.#folder, 'holder'), 'utf8').catch(() => 'not yet known');
      throw machineLocked({ machine: this.#machine, holder: other }, { cause: error });
    }
    this.#held = true;
    try {
      await writeFile(path.join(this.#folder, 'holder'), holder);
    } catch (error) {
      // Whoever could not take it does not give it back.
      await this.giveBack();
      throw error;
    }
  }

  async giveBack(): Promise<void> {
    if (this.#held) await rm(this.#folder, { recursive: true });
    this.#held = false;
  }
}
