import { isFailure, type Outcome } from '../slot-upgrade/outcome.ts';

/** What a gate knows of one machine of its wave. */
export interface Verdict {
  readonly machine: string;
  readonly outcome: Outcome;
  /** Why, for anything but success; else empty. */
  readonly why: string;
}

/** What a gate is given to decide. */
export interface GateInput {
  readonly verdicts: readonly Verdict[];
  readonly maxFailures: number;
  readonly maxFailuresTotal: number;
  /** Failures in earlier waves. */
  readonly failuresBefore: number;
  /** True when the rollout ends before this wave (`upTo`) on purpose. */
  readonly paused: boolean;
}

/**
 * A gate's decision:
 * - `soak`: the wave may go on to its soak;
 * - `pass`: nothing was changed, so there is nothing to watch;
 * - `pause`: the rollout was to stop before this wave;
 * - `fail`: the threshold is exceeded, or machines are missing although nobody asked for that.
 */
export type GateDecision =
  { readonly type: 'soak' | 'pass' | 'pause' } | { readonly type: 'fail'; readonly why: string };

/**
 * Decides about a wave once all its machines have ended. A failure below the threshold lets the rollout go on; the
 * update still fails at its end (`truth`), because the exit status must not hide it.
 */
export function decideGate(input: GateInput): GateDecision {
  const { verdicts, maxFailures, maxFailuresTotal, failuresBefore } = input;
  // Its machines are left as they are, so how an earlier rollout ended for them decides nothing.
  if (input.paused) return { type: 'pause' };
  const failed = verdicts.filter(({ outcome }) => isFailure(outcome)).length;
  if (failed > maxFailures)
    return {
      type: 'fail',
      why: `${failed} of ${verdicts.length} machines failed, allowed are ${maxFailures}`,
    };
  if (failed > 0 && failuresBefore + failed > maxFailuresTotal) {
    return {
      type: 'fail',
      why: `${failuresBefore + failed} machines failed in all, allowed are ${maxFailuresTotal}`,
    };
  }
  const missing = verdicts.filter(({ outcome }) => outcome === 'not-started').length;
  if (missing > 0) return { type: 'fail', why: `${missing} of ${verdicts.length} machines were not started` };
  const changed = verdicts.some(({ outcome }) => outcome === 'upgraded' || outcome === 'switched');
  return { type: changed ? 'soak' : 'pass' };
}
