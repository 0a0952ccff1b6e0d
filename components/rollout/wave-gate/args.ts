import type { MachineRef, SlotImageRef, UpgradePolicy } from '../slot-upgrade/args.ts';
import type { Outcome } from '../slot-upgrade/outcome.ts';

/** One machine of a wave, with how its upgrade ended. */
export interface GateMachine {
  readonly machine: string;
  readonly wave: string;
  /** How it is reached and what it shall run; absent at the last gate, which touches no machine. */
  readonly target?: MachineRef;
  readonly image?: SlotImageRef;
  /** SHA-256 of the image that it shall run. */
  readonly sha256: string;
  readonly outcome: Outcome;
  readonly why: string;
  /** Console transcript; empty when there is none. */
  readonly transcript: string;
}

/** Arguments of `WaveGate` once their values are known. */
export interface WaveGateInputs {
  readonly rollout: string;
  /** Example: `canary`; `rollout` for the gate behind the last wave. */
  readonly name: string;
  /** True for the gate behind the last wave, which fails for any failure that was let through. */
  readonly last: boolean;
  readonly machines: readonly GateMachine[];
  /** Failures in the waves before. */
  readonly failuresBefore: number;
  readonly paused: boolean;
  /** Seconds. */
  readonly soak: number;
  readonly policy: UpgradePolicy;
  readonly resourceUrn: string;
}

/** What is stored. */
export interface WaveGateState extends WaveGateInputs {
  readonly verdict: 'passed' | 'paused' | 'failed';
  /** Image (SHA-256) with which each machine has passed its soak. */
  readonly passed: Readonly<Record<string, string>>;
  /** Machines that were brought back during the soak: their own resource calls them upgraded. */
  readonly broughtBack: readonly string[];
}
