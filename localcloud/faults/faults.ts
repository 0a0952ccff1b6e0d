import { setTimeout as pause } from 'node:timers/promises';
import type { Phase } from '../compute/machine-jobs.ts';
import { matches, type Fault } from './fault.ts';

/** Trouble with machines, for tests of whatever drives them. */
export interface MachineTrouble {
  /** New lines to serial consoles are refused, or show nothing. */
  readonly console?: 'refused' | 'silent' | undefined;
  /** Machines started from now on have a network card without a cable. */
  readonly network?: 'unplugged' | undefined;
}

/** The faults that are set now. None at a start of the daemon: they are not kept on disk. */
export class Faults {
  #faults: Fault[] = [];
  #phases: Partial<Record<Phase, number>> = {};
  #nextId = 1;
  /** What is wrong with machines now. */
  machines: MachineTrouble = {};

  /** Sets one more; returns its id. */
  add(fault: Omit<Fault, 'id'>): Fault {
    const added = { ...fault, id: this.#nextId };
    this.#nextId += 1;
    this.#faults.push(added);
    return added;
  }

  list(): readonly Fault[] {
    return this.#faults;
  }

  /** Without an id: all of them, the phases' latencies and the machines' trouble. */
  clear(id?: number): void {
    this.#faults = id === undefined ? [] : this.#faults.filter((fault) => fault.id !== id);
    if (id !== undefined) return;
    this.#phases = {};
    this.machines = {};
  }

  get phases(): Readonly<Partial<Record<Phase, number>>> {
    return this.#phases;
  }

  /** Seconds that each phase of an action is held up. */
  setPhases(phases: Partial<Record<Phase, number>>): void {
    this.#phases = phases;
  }

  /** The fault for a request, counted as used. The first that fits wins. */
  take(method: string, path: string): Fault | undefined {
    const index = this.#faults.findIndex((fault) => matches(fault, method, path));
    const fault = this.#faults[index];
    if (fault === undefined) return undefined;
    if (fault.skip > 0) {
      this.#faults[index] = { ...fault, skip: fault.skip - 1 };
      return undefined;
    }
    if (fault.times !== null) {
      if (fault.times <= 1) this.#faults.splice(index, 1);
      else this.#faults[index] = { ...fault, times: fault.times - 1 };
    }
    return fault;
  }

  /** Waits as long as a phase is set to take. */
  async pace(_id: string, phase: Phase): Promise<void> {
    const seconds = this.#phases[phase] ?? 0;
    if (seconds > 0) await pause(seconds * 1000, undefined, { ref: false });
  }
}
