import {
  newScheduler,
  schedule,
  type Ending,
  type Limits,
  type SchedulerEvent,
  type SchedulerState,
} from './plan/scheduler.ts';

/** What a machine's turn means; see `InFlight.enter`. */
export type Turn = { readonly type: 'start' } | { readonly type: 'refused'; readonly why: string };

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

  /** Waits for a machine's turn. After `start` it must be ended by `leave`. */
  enter(machine: string, wave: number): Promise<Turn> {
    return new Promise((resolve) => {
      this.#waiting.set(machine, resolve);
      this.#take({ type: 'arrive', claim: { machine, wave } });
    });
  }

  /** Gives back a turn of a machine that was not touched. */
  withdraw(machine: string): void {
    this.#take({ type: 'withdraw', machine });
  }

  leave(machine: string, ending: Ending): void {
    this.#take({ type: 'end', machine, ending });
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
