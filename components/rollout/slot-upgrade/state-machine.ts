import { choose, type Choice } from './choose.ts';
import { hasForeignLoaders, type Observation, type SlotLetter } from './observation.ts';
import { isSuccess, type Outcome } from './outcome.ts';
import type { Command, Event, Next, Step, UpgradeGoal, UpgradeState } from './upgrade-state.ts';
import { isBack, notThere, recordMissing, whereIs } from './whereabouts.ts';

/**
 * The upgrade of one machine as a pure machine: events in, the next command out. It is the only place that decides
 * the order of things, so that what must never happen can be tested for every order of events:
 * a slot is made active only after its digest was confirmed, and nothing but success or a proven fail-back ends quietly.
 */

export function startUpgrade(goal: UpgradeGoal): Next {
  const state: UpgradeState = {
    goal,
    step: 'observing',
    before: undefined,
    running: 'unread',
    locked: false,
    target: undefined,
    success: 'upgraded',
    why: '',
    tried: [],
    after: undefined,
    ending: undefined,
  };
  return { state, command: { type: 'observe' } };
}

export function advance(state: UpgradeState, event: Event): Next {
  switch (state.step) {
    case 'observing':
      return event.type === 'observed' ? observed(state, event.seen) : failedBefore(state, event);
    case 'identifying':
      return event.type === 'identified' && event.slot === state.before?.running
        ? identified(state, state.before, event.same)
        : failedBefore(state, event);
    case 'locking':
      return event.type === 'locked' ? decide({ ...state, locked: true }) : failedBefore(state, event);
    case 'repairing':
      return event.type === 'repaired' ? begin(state) : failedBefore(state, event);
    case 'comparing':
      return event.type === 'compared' && event.slot === state.target
        ? compared(state, event.same)
        : failedBefore(state, event);
    case 'transferring':
      return event.type === 'confirmed' ? confirmed(state, event) : failedBefore(state, event);
    case 'releasing':
      return event.type === 'written' && event.slot === state.target
        ? to(state, 'rebooting', { type: 'reboot' })
        : failedReleased(state, event);
    case 'switching':
      return event.type === 'switched' && event.slot === state.target
        ? to(state, 'rebooting', { type: 'reboot' })
        : failedReleased(state, event);
    case 'rebooting':
      return event.type === 'booted' ? prove(state, event.seen) : failedAfter(state, event);
    case 'checking':
      return event.type === 'healthy'
        ? to(state, 'recording', { type: 'record-proven' })
        : failedAfter(state, event);
    case 'recording':
      return event.type === 'recorded' ? recorded(state) : failedAfter(state, event);
    case 'restoring':
      return restoring(state, event);
    case 'failing-back':
      return failingBack(state, event);
    case 'done':
      return { state, command: undefined };
  }
}

function observed(state: UpgradeState, seen: Observation): Next {
  const before = { ...state, before: seen };
  const choice = chooseFor(state, seen);
  const agreed = seen.next === seen.running && !hasForeignLoaders(seen);
  if (choice.type === 'identify' && agreed) return to(before, 'identifying', choice);
  if (choice.type === 'nothing' && agreed) return finish(before, 'unchanged', '');
  if (choice.type === 'refuse' && agreed) return finish(before, 'failed', choice.why);
  return to(before, 'locking', { type: 'lock' });
}

/** What is to be done with a machine, by what is known of it so far. */
function chooseFor({ goal, running }: UpgradeState, seen: Observation): Choice {
  return choose(seen, goal.wanted, goal.allowDowngrade, running);
}

function identified(state: UpgradeState, seen: Observation, same: boolean): Next {
  if (same) return finish(state, 'unchanged', '');
  const next: UpgradeState = { ...state, running: 'other' };
  return state.locked ? begin(next) : observed(next, seen);
}

/**
 * With the lock: first put back boot loaders of an upgrade that came to nothing, and make boot.conf name a slot that is
 * known; unless what it names is what is wanted, of which only the reboot is missing.
 */
function decide(state: UpgradeState): Next {
  const seen = state.before;
  if (!seen) return { state, command: undefined };
  const choice = chooseFor(state, seen);
  if (hasForeignLoaders(seen) && choice.type !== 'reboot')
    return to(state, 'restoring', { type: 'restore-loaders' });
  if (seen.next !== seen.running && choice.type !== 'reboot')
    return to(state, 'repairing', { type: 'repair', slot: seen.running });
  return begin(state);
}

function begin(state: UpgradeState): Next {
  const seen = state.before;
  if (!seen) return { state, command: undefined };
  const choice = chooseFor(state, seen);
  switch (choice.type) {
    case 'nothing':
      return finish(state, 'unchanged', '');
    case 'refuse':
      return finish(state, 'failed', choice.why);
    case 'identify':
      return to(state, 'identifying', choice);
    case 'prove':
      return to({ ...state, target: seen.running }, 'checking', { type: 'check-health' });
    case 'reboot':
    case 'compare':
      // Even after an activation of our own the slot is read again: power was cut since, perhaps while it was written.
      return to({ ...state, target: choice.slot }, 'comparing', { type: 'compare', slot: choice.slot });
    case 'transfer':
      return to({ ...state, target: choice.slot }, 'transferring', { type: 'transfer', slot: choice.slot });
  }
}

function compared(state: UpgradeState, same: boolean): Next {
  const slot = state.target;
  if (slot === undefined) return { state, command: undefined };
  if (!same) return to(state, 'transferring', { type: 'transfer', slot });
  return to({ ...state, success: 'switched' }, 'switching', { type: 'switch', slot });
}

function confirmed(state: UpgradeState, event: { slot: SlotLetter; sha256: string }): Next {
  const { wanted } = state.goal;
  if (event.slot !== state.target)
    return finish(state, 'failed', `slot ${event.slot} was written instead of ${state.target}`);
  if (event.sha256 !== wanted.sha256)
    return finish(state, 'failed', `the target has digest ${event.sha256}, wanted is ${wanted.sha256}`);
  return to(state, 'releasing', { type: 'release', slot: event.slot, sha256: event.sha256 });
}

/** The new slot is proven. Loaders of a third build may still be there: of one that was held when this one was wanted. */
function recorded(state: UpgradeState): Next {
  if (!state.after || !hasForeignLoaders(state.after)) return finish(state, state.success, '');
  return endAfterRestoring(state, state.success, '');
}

function endAfterRestoring(state: UpgradeState, outcome: Outcome, why: string): Next {
  return to({ ...state, ending: { outcome, why } }, 'restoring', { type: 'restore-loaders' });
}

/**
 * A machine that is where it shall be is not moved again because of its loaders: they booted it. It is said.
 * One that somebody has booted meanwhile, and that runs something else now, is not said to be where it was.
 */
function restoring(state: UpgradeState, event: Event): Next {
  if (event.type === 'failure') return loadersLeft(state, event.why);
  if (event.type !== 'restored') return { state, command: undefined };
  const { seen } = event;
  const { ending } = state;
  if (ending) {
    const went = `while its boot loaders were put back it went elsewhere: ${whereIs(seen)}`;
    const moved = { ...state, why: ending.why === '' ? went : `${ending.why}; ${went}` };
    if (ending.outcome === 'rolled-back' && !isBack(state, seen)) return back(moved, true);
    if (isSuccess(ending.outcome) && notThere(state, seen).length > 0) return leave(moved, true);
  }
  if (hasForeignLoaders(seen)) return loadersLeft(state, 'they are still there');
  if (ending) return finish(state, ending.outcome, ending.why);
  // What was read of a slot is about the boot in which it was read.
  const running = seen.bootId === state.before?.bootId ? state.running : 'unread';
  return decide({ ...state, before: seen, running });
}

function loadersLeft(state: UpgradeState, left: string): Next {
  const { ending } = state;
  const note = `boot loaders of an upgrade that failed could not be put back: ${left}`;
  if (!ending) return finish(state, 'failed', note);
  return finish(state, ending.outcome, ending.why === '' ? note : `${ending.why}; ${note}`);
}

function prove(before: UpgradeState, seen: Observation): Next {
  const state = { ...before, after: seen };
  const problems = new Set([
    ...notThere(state, seen),
    seen.slots.find(({ letter }) => letter === state.target)?.record?.sha256 === state.goal.wanted.sha256
      ? ''
      : recordMissing,
    seen.bootId === state.before?.bootId ? 'it has not rebooted' : '',
  ]);
  problems.delete('');
  if (problems.size === 0) return to(state, 'checking', { type: 'check-health' });
  return leave({ ...state, why: `after the reboot ${[...problems].join(', ')}` }, true);
}

/** Nothing was made active: the machine runs what it ran. */
function failedBefore(state: UpgradeState, event: Event): Next {
  if (event.type !== 'failure') return { state, command: undefined };
  return finish(state, 'failed', event.why);
}

/** The slot may have been made active, but the machine has not rebooted: naming the old slot again is enough, whatever `onFailure` says. */
function failedReleased(state: UpgradeState, event: Event): Next {
  if (event.type !== 'failure') return { state, command: undefined };
  if (event.undone === true) return finish(state, 'failed', event.why);
  return back({ ...state, why: event.why }, event.reachable);
}

function failedAfter(state: UpgradeState, event: Event): Next {
  if (event.type !== 'failure') return { state, command: undefined };
  return leave({ ...state, why: event.why }, event.reachable);
}

function leave(state: UpgradeState, reachable: boolean): Next {
  if (state.goal.onFailure === 'hold') return finish(state, 'held', state.why);
  return back(state, reachable);
}

/** Brings the machine to the slot that it ran from: over SSH while it answers, else at its boot prompt. Each way once. */
function back(state: UpgradeState, reachable: boolean): Next {
  const seen = state.before;
  const by = reachable && !state.tried.includes('ssh') ? 'ssh' : 'console';
  const slot =
    seen && state.target === seen.running
      ? seen.slots.find(({ letter }) => letter !== seen.running)?.letter
      : seen?.running;
  if (slot === undefined || state.tried.includes(by)) return finish(state, 'stuck', state.why);
  return to({ ...state, tried: [...state.tried, by] }, 'failing-back', { type: 'fail-back', slot, by });
}

function failingBack(state: UpgradeState, event: Event): Next {
  if (event.type === 'failure')
    return back({ ...state, why: `${state.why}; bringing it back failed: ${event.why}` }, event.reachable);
  if (event.type !== 'failed-back' || !state.before) return { state, command: undefined };
  if (isBack(state, event.seen)) {
    return hasForeignLoaders(event.seen)
      ? endAfterRestoring(state, 'rolled-back', state.why)
      : finish(state, 'rolled-back', state.why);
  }
  return back({ ...state, why: `${state.why}; afterwards ${whereIs(event.seen)}` }, true);
}

function to(state: UpgradeState, step: Step, command: Command): Next {
  return { state: { ...state, step }, command };
}

function finish(state: UpgradeState, outcome: Outcome, why: string): Next {
  return { state: { ...state, step: 'done' }, command: { type: 'finish', outcome, why } };
}
