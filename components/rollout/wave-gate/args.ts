import type { MachineRef, SlotImageRef, UpgradePolicy } from '../slot-upgrade/args.ts';
import type { Outcome } from '../slot-upgrade/outcome.ts';

/** One machine of a wave, with how its upgrade ended. */
export interface GateMachine {
  readonly machine: string;
  /** How it is reached and what it shall run; only where the gate may have to touch it: for a soak that looks at it. */
  readonly target?: MachineRef | undefined;
  readonly image?: SlotImageRef | undefined;
  /** SHA-256 of the image that it shall run. */
  readonly sha256: string;
  readonly outcome: Outcome;
  readonly why: string;
  /** Console transcript; empty when there is none. */
  readonly transcript: string;
}

/** A machine that did not succeed, for the table of the last gate. */
export type Straggler = Pick<GateMachine, 'machine' | 'outcome' | 'why' | 'transcript'>;

/** How a wave ended, for the gate behind the last one. */
export interface WaveEnd {
  readonly wave: string;
  /** Machines in all, those that succeeded among them. */
  readonly machines: number;
  readonly stragglers: readonly Straggler[];
}

/** Arguments of `WaveGate` once their values are known. */
export interface WaveGateInputs {
  readonly rollout: string;
  /** Example: `canary`; `rollout` for the gate behind the last wave. */
  readonly name: string;
  /** True for the gate behind the last wave, which fails for any failure that was let through. */
  readonly last: boolean;
  readonly machines: readonly GateMachine[];
  /** How the waves before ended; only at the last gate, which has no machines of its own. */
  readonly ended: readonly WaveEnd[];
  /** Failures in the waves before. */
  readonly failuresBefore: number;
  readonly paused: boolean;
  /** Seconds. */
  readonly soak: number;
  readonly policy: UpgradePolicy;
  readonly resourceUrn: string;
}

/** What is stored. */
export interface WaveGateState {
  readonly verdict: 'passed' | 'paused' | 'failed';
  /** Machines that have passed their soak, by the image (SHA-256) that they passed it with. */
  readonly passed: Readonly<Record<string, readonly string[]>>;
  /** Machines that were brought back during the soak: their own resource calls them upgraded. */
  readonly broughtBack: readonly GateMachine[];
  /** Failures up to here, those of the waves before among them. */
  readonly failures: number;
  readonly end: WaveEnd;
  /** Digest of how the machines ended: any other is a change. */
  readonly seen: string;
}
