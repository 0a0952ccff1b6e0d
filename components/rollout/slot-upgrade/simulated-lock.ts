import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { machineLocked } from '../../../errors/rollout.ts';

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
    try {
      await mkdir(this.#folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = await readFile(path.join(this.#folder, 'holder'), 'utf8').catch(() => 'not yet known');
      throw machineLocked({ machine: this.#machine, holder }, { cause: error });
    }
    this.#held = true;
    const holder = `owner=${os.userInfo().username} host=${os.hostname()} process=${process.pid}`;
    await writeFile(path.join(this.#folder, 'holder'), holder);
  }

  async giveBack(): Promise<void> {
    if (this.#held) await rm(this.#folder, { recursive: true });
    this.#held = false;
  }
}
