import type { Phase } from '../../../localcloud/compute/machine-jobs.ts';

/** Holds every phase of every action until the replay lets it go on, so that each recorded state can be met. */
export class Gates {
  readonly #waiting: { id: string; phase: Phase; open: () => void }[] = [];

  readonly pace = (id: string, phase: Phase): Promise<void> =>
    new Promise((resolve) => {
      this.#waiting.push({
        id,
        phase,
        open: () => {
          resolve();
        },
      });
    });

  /** Lets the oldest phase of a resource go on; false when none waits. */
  open(id: string): boolean {
    const index = this.#waiting.findIndex((gate) => gate.id === id);
    const [gate] = index < 0 ? [] : this.#waiting.splice(index, 1);
    gate?.open();
    return gate !== undefined;
  }

  /** Whether a phase of a resource is held here. */
  holds(id: string): boolean {
    return this.#waiting.some((gate) => gate.id === id);
  }

  openAll(): void {
    for (const gate of this.#waiting.splice(0)) gate.open();
  }
}
