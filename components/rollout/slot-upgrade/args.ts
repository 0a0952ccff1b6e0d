import type { CloudRef } from '../../../clouds/cloud.ts';
import type { Deadlines, HealthCheck, TransferMode } from '../policy.ts';
import type { UpgradeReport } from './run.ts';
import type { Simulation } from './simulation.ts';

/** How a machine is reached. Plain data without a credential. */
export interface MachineRef {
  readonly cloud: CloudRef;
  /** The cloud's id of the server, for its console and its power. */
  readonly server: string;
  readonly address: string;
  readonly sshPort: number;
  /** Example: `ssh-ed25519 AAAA...`; empty: the key of the first contact is taken. */
  readonly hostKey: string;
  /** The key file is relative to the project's folder. */
  readonly ssh: { readonly user: string; readonly keyFile: string };
  /** A stand-in instead of a machine, for measurements and tests. */
  readonly simulated?: Simulation | undefined;
}

/** The slot image that a machine shall run, as files on this machine. Paths are relative to the project's folder. */
export interface SlotImageRef {
  readonly fs: string;
  /** Name of the build as /resflash/BUILD says it. Default: from the file's name. */
  readonly build?: string | undefined;
  /** Checksum files; at least one line must be about `fs`. */
  readonly checksums: readonly string[];
  /** The whole-disk image that lines of the checksum files may be about as well. Default: there is none. */
  readonly img?: string | undefined;
  readonly signature?: { readonly signify: string } | undefined;
}

/** Facts of a slot image; put into the inputs by `check`. Only these decide whether anything changed, never a path. */
export interface SlotImageFacts {
  readonly build: string;
  /** SHA-256 and SHA-512 of the raw image, hex. */
  readonly sha256: string;
  readonly sha512: string;
  readonly bytes: number;
  /** How far it was proven: `signature`, `checksum` or `none`. */
  readonly verified: string;
  /** As OpenBSD's `uname -m` names it; absent when neither the programs in the image nor its name tell. Example: `amd64`. */
  readonly architecture?: string | undefined;
}

/** What preview shows of the upgrade of one machine. */
export interface UpgradePlan {
  /** Build that was last seen running; empty when none was. */
  readonly from: string;
  readonly to: string;
  /** Slot that will run; `?` when the machine was never seen. */
  readonly slot: string;
  readonly wave: string;
  /** Estimated bytes over the wire, for people. */
  readonly bytes: string;
  /** Estimated time, for people. */
  readonly time: string;
  /** What could not be compared yet, in words; absent when everything was. */
  readonly unknown?: string | undefined;
  /** Why the machine will refuse the image unless it was reinstalled since it was seen, with the error's code. */
  readonly refused?: string | undefined;
}

/** The part of a rollout's policy that one machine's upgrade needs; times in seconds. */
export interface UpgradePolicy {
  readonly maxInFlight: number;
  readonly maxFailures: number;
  readonly maxFailuresTotal: number;
  readonly health: readonly HealthCheck[];
  readonly onFailure: 'rollback' | 'hold';
  readonly windows: {
    readonly times: readonly string[];
    readonly outside: 'wait' | 'fail';
    readonly longest: number;
  };
  readonly transfer: { readonly mode: TransferMode; readonly limit?: number | undefined };
  readonly allowDowngrade: boolean;
  readonly lockTimeout: number;
  readonly deadlines: Deadlines;
}

/** Arguments of `SlotUpgrade` once their values are known. */
export interface SlotUpgradeInputs {
  readonly rollout: string;
  readonly machine: string;
  readonly target: MachineRef;
  readonly image: SlotImageRef;
  readonly wave: { readonly number: number; readonly name: string };
  /** Which installation is on its disk: another one means that the disk was written since. Default: not compared. */
  readonly installation?: string | undefined;
  /** Why the machine is left alone this time; empty when it is not. */
  readonly skip: string;
  readonly policy: UpgradePolicy;
  readonly resourceUrn: string;
  /** Put here by `check`. */
  readonly found?: SlotImageFacts | undefined;
  readonly plan?: UpgradePlan | undefined;
}

/** The arguments once the image's files were looked at. */
export interface KnownInputs extends SlotUpgradeInputs {
  readonly found: SlotImageFacts;
}

/** What a machine ran when it was last looked at, by an upgrade or by a refresh. All empty when it did not answer. */
export interface SeenRunning {
  readonly build: string;
  readonly slot: string;
  readonly nextSlot: string;
  /** ISO time from which on no look has seen it; absent when the last one did. */
  readonly unseenSince?: string | undefined;
}

/** What is stored: the inputs, how the upgrade ended, and what was last seen running. */
export interface SlotUpgradeState extends SlotUpgradeInputs, UpgradeReport {
  readonly running: SeenRunning;
  /** What a refresh found wrong; empty when nothing. The next `pulumi up` corrects it. */
  readonly drift: string;
  readonly transcript: string;
}
