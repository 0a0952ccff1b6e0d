/**
 * Which machine may be worked on now. Pure: events in, state out. One scheduler serves a whole rollout, so that
 * `maxInFlight` holds across waves, and it is work-conserving: as long as something may start, it starts.
 *
 * A machine counts as in flight from its start until it is up again. One that stays down (`stuck`) goes on counting,
 * because its service is as absent as that of a machine being upgraded.
 */

/** How a machine left the scheduler's hands. */
export type Ending = 'succeeded' | 'failed' | 'stuck';

/** Limits of a rollout. */
export interface Limits {
  readonly maxInFlight: number;
  readonly maxFailures: number;
  readonly maxFailuresTotal: number;
}

export interface SchedulerState {
  readonly limits: Limits;
  /** Waiting machines, first come first served. */
  readonly waiting: readonly Claim[];
  readonly running: readonly Claim[];
  /** Machines that are down and will not come up by themselves. */
  readonly down: readonly string[];
  /** Failures by wave. */
  readonly failures: Readonly<Record<number, number>>;
  /** Set once nothing new may start: why. */
  readonly stopped: string | undefined;
}

/** A machine that asks for its turn. */
export interface Claim {
  readonly machine: string;
  readonly wave: number;
}

export type SchedulerEvent =
  | { readonly type: 'arrive'; readonly claim: Claim }
  | { readonly type: 'end'; readonly machine: string; readonly ending: Ending }
  /** The machine gives up its turn before it started, or without having been touched. */
  | { readonly type: 'withdraw'; readonly machine: string }
  /** Nobody may start any more (Ctrl-C). */
  | { readonly type: 'stop'; readonly why: string };

/** What follows from an event: machines that start now, and machines that never will, with the reason. */
export interface SchedulerStep {
  readonly state: SchedulerState;
  readonly start: readonly string[];
  readonly refuse: readonly { readonly machine: string; readonly why: string }[];
}

export function newScheduler(limits: Limits): SchedulerState {
  return { limits, waiting: [], running: [], down: [], failures: {}, stopped: undefined };
}

/** Takes one event. Never starts more than the limits allow, nor anything in a wave that has failed. */
export function schedule(before: SchedulerState, event: SchedulerEvent): SchedulerStep {
  return settle(apply(before, event));
}

function apply(state: SchedulerState, event: SchedulerEvent): SchedulerState {
  switch (event.type) {
    case 'arrive':
      return { ...state, waiting: [...state.waiting, event.claim] };
    case 'stop':
      return { ...state, stopped: state.stopped ?? event.why };
    case 'withdraw':
      return {
        ...state,
        waiting: state.waiting.filter(({ machine }) => machine !== event.machine),
        running: state.running.filter(({ machine }) => machine !== event.machine),
      };
    case 'end': {
      const claim = state.running.find(({ machine }) => machine === event.machine);
      if (!claim) return state;
      const ended = { ...state, running: state.running.filter((other) => other !== claim) };
      if (event.ending === 'succeeded') return ended;
      const failures = { ...state.failures, [claim.wave]: (state.failures[claim.wave] ?? 0) + 1 };
      return {
        ...ended,
        failures,
        down: event.ending === 'stuck' ? [...state.down, claim.machine] : state.down,
      };
    }
  }
}

function settle(state: SchedulerState): SchedulerStep {
  const refuse: { machine: string; why: string }[] = [];
  const start: string[] = [];
  const waiting: Claim[] = [];
  const running = [...state.running];
  for (const claim of state.waiting) {
    const why = refusal(state, claim);
    if (why !== undefined) refuse.push({ machine: claim.machine, why });
    else if (running.length + state.down.length < state.limits.maxInFlight) {
      running.push(claim);
      start.push(claim.machine);
    } else waiting.push(claim);
  }
  return { state: { ...state, waiting, running }, start, refuse };
}

/** Why a machine will never start in this rollout, if that is so. */
function refusal(state: SchedulerState, claim: Claim): string | undefined {
  if (state.stopped !== undefined) return state.stopped;
  const { maxFailures, maxFailuresTotal, maxInFlight } = state.limits;
  for (const [wave, failed] of Object.entries(state.failures)) {
    if (failed > maxFailures && claim.wave >= Number(wave))
      return `wave ${wave} has ${failed} failed, allowed are ${maxFailures}`;
  }
  const total = Object.values(state.failures).reduce((sum, failed) => sum + failed, 0);
  if (total > maxFailuresTotal)
    return `${total} machines of the rollout failed, allowed are ${maxFailuresTotal}`;
  if (state.down.length >= maxInFlight)
    return `${state.down.join(', ')} stay down, and maxInFlight is ${maxInFlight}`;
  return undefined;
}
