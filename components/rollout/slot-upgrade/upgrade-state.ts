import type { Observation, SlotLetter, Wanted } from './observation.ts';
import type { Outcome } from './outcome.ts';

/** The words of the state machine of one upgrade: what it is told, what it commands, what it remembers. */

/** What is fixed for one upgrade. */
export interface UpgradeGoal {
  readonly wanted: Wanted;
  readonly allowDowngrade: boolean;
  readonly onFailure: 'rollback' | 'hold';
}

/** What the effects are to do next. */
export type Command =
  | { readonly type: 'observe' }
  | { readonly type: 'lock' }
  /** boot.conf names another slot than the running one, and nobody knows what that holds: name the running one. */
  | { readonly type: 'repair'; readonly slot: SlotLetter }
  /** Read the running slot, of which no record says what it holds, and compare it with the image. */
  | { readonly type: 'identify'; readonly slot: SlotLetter }
  /** Read the slot and compare it with its record. */
  | { readonly type: 'compare'; readonly slot: SlotLetter }
  /** Send the image; upgrade.sh does not get its last block yet. */
  | { readonly type: 'transfer'; readonly slot: SlotLetter }
  /** Let upgrade.sh have its last block: it will make the slot active. */
  | { readonly type: 'release'; readonly slot: SlotLetter; readonly sha256: string }
  | { readonly type: 'switch'; readonly slot: SlotLetter }
  | { readonly type: 'reboot' }
  | { readonly type: 'check-health' }
  /** Note in /cfg that the running slot is proven. */
  | { readonly type: 'record-proven' }
  | { readonly type: 'fail-back'; readonly slot: SlotLetter; readonly by: 'ssh' | 'console' }
  /** Put back the boot loaders that an upgrade changed which did not come to last. */
  | { readonly type: 'restore-loaders' }
  | { readonly type: 'finish'; readonly outcome: Outcome; readonly why: string };

export type Event =
  | { readonly type: 'observed'; readonly seen: Observation }
  | { readonly type: 'locked' }
  | { readonly type: 'repaired' }
  /** Whether the running slot holds the wanted image, byte by byte. */
  | { readonly type: 'identified'; readonly slot: SlotLetter; readonly same: boolean }
  | { readonly type: 'compared'; readonly slot: SlotLetter; readonly same: boolean }
  /** The target has every byte but the last block, and the digest of everything is this. */
  | { readonly type: 'confirmed'; readonly slot: SlotLetter; readonly sha256: string }
  /** upgrade.sh ended well, printed the right digest, and boot.conf names the slot. */
  | { readonly type: 'written'; readonly slot: SlotLetter }
  | { readonly type: 'switched'; readonly slot: SlotLetter }
  /** The machine answers again after a reboot. */
  | { readonly type: 'booted'; readonly seen: Observation }
  | { readonly type: 'healthy' }
  | { readonly type: 'recorded' }
  | { readonly type: 'failed-back'; readonly seen: Observation }
  | { readonly type: 'restored'; readonly seen: Observation }
  /**
   * What was commanded did not work.
   * `reachable`: the machine still answers over SSH. `undone`: after `release`, boot.conf is known to name the old slot.
   */
  | {
      readonly type: 'failure';
      readonly why: string;
      readonly reachable: boolean;
      readonly undone?: boolean;
    };

export type Step =
  | 'observing'
  | 'identifying'
  | 'locking'
  | 'repairing'
  | 'comparing'
  | 'transferring'
  | 'releasing'
  | 'switching'
  | 'rebooting'
  | 'checking'
  | 'recording'
  | 'failing-back'
  | 'restoring'
  | 'done';

export interface UpgradeState {
  readonly goal: UpgradeGoal;
  readonly step: Step;
  /** As seen before anything was changed. */
  readonly before: Observation | undefined;
  /** `other` once the running slot was read and holds something else than is wanted. */
  readonly running: 'unread' | 'other';
  readonly locked: boolean;
  /** The slot that the machine goes to. */
  readonly target: SlotLetter | undefined;
  /** What success will be called. */
  readonly success: 'upgraded' | 'switched';
  /** Why the machine is being brought back. */
  readonly why: string;
  /** Ways back that were tried. */
  readonly tried: readonly ('ssh' | 'console')[];
  /** As seen after the reboot. */
  readonly after: Observation | undefined;
  /** How it ends once the boot loaders are put back; undefined while that comes before everything else. */
  readonly ending: { readonly outcome: Outcome; readonly why: string } | undefined;
}

export interface Next {
  readonly state: UpgradeState;
  /** Undefined when the event meant nothing in this state: it is ignored. */
  readonly command: Command | undefined;
}
