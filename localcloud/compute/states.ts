import type { PowerAction, ServerState } from '../store/records.ts';

/** A server's state machine, as recorded from the real cloud. Pure. */

/** What decides over a server's state: state and the node it may hold. */
export interface StateView {
  readonly state: ServerState;
  readonly stateDetail: string;
  readonly allocated: boolean;
}

/** The actions that the API lists for a state. `terminating` with local volumes lists none. */
export function allowedActions(state: ServerState, losesVolumes = false): readonly string[] {
  switch (state) {
    case 'stopped':
      return ['poweron', 'backup'];
    case 'running':
      return ['poweroff', 'terminate', 'reboot', 'stop_in_place', 'backup'];
    case 'stopped in place':
      return ['poweron', 'poweroff', 'terminate', 'reboot', 'backup'];
    case 'starting':
    case 'stopping':
      return losesVolumes ? [] : ['stop_in_place', 'backup'];
  }
}

/** What follows when an action is asked for in a state. */
export type Answer =
  | { readonly kind: 'begin'; readonly first: StateView }
  | { readonly kind: 'transient' }
  | { readonly kind: 'refused'; readonly help: string };

/**
 * Whether an action may begin, and the state that the answer to the next look has.
 * A server on its way somewhere takes no action, although the API lists `stop_in_place` then; one that is where the
 * action would bring it refuses it.
 */
export function begin(action: PowerAction, now: StateView): Answer {
  if (now.state === 'starting' || now.state === 'stopping') return { kind: 'transient' };
  if (!allowedActions(now.state).includes(action)) {
    return {
      kind: 'refused',
      help: now.state === 'stopped' ? 'server should be running' : 'server should be stopped',
    };
  }
  return { kind: 'begin', first: firstState(action, now) };
}

function firstState(action: PowerAction, now: StateView): StateView {
  switch (action) {
    case 'poweron':
      return {
        state: 'starting',
        stateDetail: now.state === 'stopped in place' ? 'stopped in place' : 'allocating node',
        allocated: now.allocated,
      };
    case 'poweroff':
      return { state: 'stopping', stateDetail: 'stopping', allocated: now.allocated };
    case 'reboot':
      return { state: 'stopping', stateDetail: 'rebooting', allocated: now.allocated };
    case 'stop_in_place':
      return { state: 'stopping', stateDetail: 'stopping in place', allocated: now.allocated };
    case 'terminate':
      return { state: 'stopping', stateDetail: 'terminating', allocated: now.allocated };
  }
}

/** States that a server rests in. */
export const resting = {
  running: { state: 'running', stateDetail: 'booting kernel', allocated: true },
  stopped: { state: 'stopped', stateDetail: '', allocated: false },
  stoppedInPlace: { state: 'stopped in place', stateDetail: 'stopped in place', allocated: true },
} as const satisfies Record<string, StateView>;

/** States in passing that the machine reaches after the first one of an action. */
export const passing = {
  provisioning: { state: 'starting', stateDetail: 'provisioning node', allocated: true },
  rebooting: { state: 'starting', stateDetail: 'rebooting', allocated: true },
} as const satisfies Record<string, StateView>;

/** The state after a machine's process ended by itself: a guest that powers off keeps its node, a crash loses it. */
export function afterExit(reason: 'guest' | 'crash'): StateView {
  return reason === 'guest' ? resting.stoppedInPlace : resting.stopped;
}
