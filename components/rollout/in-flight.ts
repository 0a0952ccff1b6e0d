import {
  newScheduler,
  schedule,
  type Ending,
  type Limits,
  type SchedulerEvent,
  type SchedulerState,
} from './plan/scheduler.ts';

/** What a machine's turn means. */
type Turn = { readonly type: 'start' } | { readonly type: 'refused'; readonly why: string };

/**
 * The scheduler of one rollout at work. All resources of a stack share one provider process, so this holds
 * `maxInFlight` over all waves.
 */
export class InFlight {
  #state: SchedulerState;
  readonly #waiting = new Map<string, (turn: Turn) => void>();

  constructor(limits: Limits, signal?: AbortSignal) {
    this.#state = newScheduler(limits);
    const stop = (): void => {
      this.#take({ type: 'stop', why: 'the rollout was stopped (Ctrl-C)' });
    };
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
  }

  /**
   * Does work on a machine when it is its turn. The turn ends with the work, however that ends: one that is not given back
   * would hold up its wave for ever.
   *
   * @param work resolves with its result and how it ended; `untouched` when the machine was left as it was and shall come
   * again. An error counts as `failed`.
   * @returns the work's result, or why the machine was refused.
   */
  async take<T>(
    machine: string,
    wave: number,
    work: () => Promise<{ readonly ending: Ending | 'untouched'; readonly result: T }>,
  ): Promise<{ readonly refused: string } | { readonly result: T }> {
    const turn = await this.#enter(machine, wave);
    if (turn.type === 'refused') return { refused: turn.why };
    let ending: Ending | 'untouched' = 'failed';
    try {
      const done = await work();
      ending = done.ending;
      return { result: done.result };
    } finally {
      if (ending === 'untouched') this.#take({ type: 'withdraw', machine });
      else this.#take({ type: 'end', machine, ending });
    }
  }

  #enter(machine: string, wave: number): Promise<Turn> {
    return new Promise((resolve) => {
      this.#waiting.set(machine, resolve);
      this.#take({ type: 'arrive', claim: { machine, wave } });
    });
  }

  #take(event: SchedulerEvent): void {
    const { state, start, refuse } = schedule(this.#state, event);
    this.#state = state;
    for (const machine of start) this.#answer(machine, { type: 'start' });
    for (const { machine, why } of refuse) this.#answer(machine, { type: 'refused', why });
  }

  #answer(machine: string, turn: Turn): void {
    const resolve = this.#waiting.get(machine);
    this.#waiting.delete(machine);
    resolve?.(turn);
  }
}

const rollouts = new Map<string, InFlight>();

/** The scheduler of a rollout in this process, made at its first machine. */
export function inFlightOf(rollout: string, limits: Limits, signal?: AbortSignal): InFlight {
  let found = rollouts.get(rollout);
  if (!found) {
    found = new InFlight(limits, signal);
    rollouts.set(rollout, found);
  }
  return found;
}
