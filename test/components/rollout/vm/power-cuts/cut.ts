import type { CutPlan } from './plan-cut.ts';

/** What one cut came to: one line of a campaign's log. */
export interface Cut extends CutPlan {
  /** Number in its campaign, from 1. */
  readonly cut: number;
  /** Build that ran before, and the one that the upgrade was to bring. */
  readonly from: string;
  readonly wanted: string;
  /** Seconds from the beginning of the upgrade to the cut, and the last step that it had reported. */
  readonly at: number;
  readonly during: string;
  /** How the upgrade that was cut ended, when its process lived on; else empty. */
  readonly first: string;
  /** What ran after power was back; empty when it could not be asked. */
  readonly build: string;
  readonly slot: string;
  /** How the upgrade after it ended; empty when there was none because the next cut followed at once. */
  readonly next: string;
  /** Seconds that the whole took. */
  readonly seconds: number;
  /** Absent when all was as it must be. */
  readonly failure?: CutFailure;
}

/** What is needed to find out why. */
export interface CutFailure {
  readonly why: string;
  /** The last steps that were reported, of both upgrades. */
  readonly steps: readonly string[];
  /** The end of the machine's serial console. */
  readonly console: string;
}
