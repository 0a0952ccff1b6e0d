import type { Ending } from '../plan/scheduler.ts';

/**
 * How the upgrade of one machine ended.
 * - `upgraded`: it runs the wanted build from the slot that was written, proven;
 * - `switched`: the other slot already held the wanted build, and it runs that;
 * - `unchanged`: it ran the wanted build before;
 * - `rolled-back`: the wanted build failed after activation, the machine is back on its old slot, proven;
 * - `held`: the wanted build failed after activation and the machine was left as it is (`onFailure: hold`);
 * - `failed`: something failed before activation; the machine runs what it ran;
 * - `not-started`: the rollout never touched it: excluded, after `upTo`, outside of its window, or the rollout stopped;
 * - `stuck`: neither slot comes up.
 */
export type Outcome = (typeof outcomes)[number];

/** All there are. */
export const outcomes = [
  'upgraded',
  'switched',
  'unchanged',
  'rolled-back',
  'held',
  'failed',
  'not-started',
  'stuck',
] as const;

/** Outcomes after which there is nothing left to do. */
export function isSuccess(outcome: Outcome): boolean {
  return outcome === 'upgraded' || outcome === 'switched' || outcome === 'unchanged';
}

/** Outcomes that a gate counts against its threshold. */
export function isFailure(outcome: Outcome): boolean {
  return outcome === 'rolled-back' || outcome === 'held' || outcome === 'failed' || outcome === 'stuck';
}

/** What a scheduler is told. A machine that is held may be down. */
export function endingOf(outcome: Outcome): Ending {
  if (outcome === 'stuck' || outcome === 'held') return 'stuck';
  return isFailure(outcome) ? 'failed' : 'succeeded';
}

/** A part of the work of which the time is taken. */
export type Phase =
  | 'wait'
  | 'preflight'
  | 'lock'
  | 'index'
  | 'transfer'
  | 'write'
  | 'switch'
  | 'reboot'
  | 'prove'
  | 'health'
  | 'fail-back';
