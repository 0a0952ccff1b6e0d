import { unlessAborted } from '../../waiting/unless-aborted.ts';

/** A point in an action at which tests may hold it up (injected latency). */
export type Phase = 'allocating' | 'provisioning' | 'stopping' | 'terminating' | 'rebooting' | 'volume';

/** What the jobs need of the cloud around them. */
export interface MachineJobsParts {
  /** Resolves when the phase may go on. */
  readonly pace: (id: string, phase: Phase) => Promise<void>;
  /** Told when a job threw. */
  readonly failed: (id: string, thrown: unknown) => void;
}

/** Ends a job in a phase; what it was doing stays written down as pending. */
const cutShort = new Error('the embedded cloud stops');

/** Work on machines: one job after the other for each machine, machines beside each other, until it is closed. */
export class MachineJobs {
  readonly #parts: MachineJobsParts;
  readonly #jobs = new Map<string, Promise<void>>();
  readonly #closing = new AbortController();

  constructor(parts: MachineJobsParts) {
    this.#parts = parts;
  }

  /** Whether `close` was called: nothing begins any more. */
  get closed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Does a job once those of the same machine before it are done. One that would begin after `close` does not. */
  enqueue(id: string, job: () => Promise<void>): void {
    const before = this.#jobs.get(id) ?? Promise.resolve();
    const mine: Promise<void> = before
      .then(async () => {
        if (!this.closed) await job();
      })
      .catch((thrown: unknown) => {
        if (thrown !== cutShort) this.#parts.failed(id, thrown);
      });
    const tracked = mine.finally(() => {
      if (this.#jobs.get(id) === tracked) this.#jobs.delete(id);
    });
    this.#jobs.set(id, tracked);
  }

  /** Waits within a job for a phase to be over; ends the job here when it is closed meanwhile. */
  async pace(id: string, phase: Phase): Promise<void> {
    const { signal } = this.#closing;
    signal.throwIfAborted();
    await unlessAborted(this.#parts.pace(id, phase), signal);
  }

  /** Resolves when no job is under way. */
  async idle(): Promise<void> {
    while (this.#jobs.size > 0) await Promise.all(this.#jobs.values());
  }

  /** Ends jobs in their phases and lets no other begin; resolves when none is under way. */
  async close(): Promise<void> {
    this.#closing.abort(cutShort);
    await this.idle();
  }
}
