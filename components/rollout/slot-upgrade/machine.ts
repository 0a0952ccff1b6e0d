import type { Observation, SlotLetter, Wanted } from './observation.ts';

/** What a transfer came to. */
export interface Moved {
  /** SHA-256 that the machine computed over the rebuilt image. */
  readonly sha256: string;
  /** Seconds for reading the slots' index and for the image. */
  readonly seconds: { readonly index: number; readonly transfer: number };
  /** How it was sent. */
  readonly mode: string;
}

/**
 * A machine as `runUpgrade` needs it. Every method throws when it did not work; `MachineTrouble` says more about what
 * that leaves behind.
 */
export interface UpgradeMachine {
  observe(): Promise<Observation>;
  /** Takes the lock; resolves with whose stale lock was broken for it, if one was. */
  lock(): Promise<string>;
  unlock(): Promise<void>;
  /** Makes boot.conf name that slot. */
  nameNext(slot: SlotLetter): Promise<void>;
  /** Whether a slot holds an image byte by byte, whatever its record says. Changes nothing and needs no lock. */
  identify(slot: SlotLetter, wanted: Wanted): Promise<boolean>;
  /** Whether a slot still holds what its record says. */
  compare(slot: SlotLetter, wanted: Wanted): Promise<boolean>;
  /**
   * Sends the image; the last block is held back on the machine.
   *
   * @param onWire called with bytes that went over the wire, either way and in every attempt, whatever came of them.
   */
  transfer(slot: SlotLetter, onWire: (bytes: number) => void): Promise<Moved>;
  /** Lets upgrade.sh finish and make the slot active. */
  release(): Promise<void>;
  /** Reboots and resolves when the machine answers again, from whatever slot. */
  reboot(): Promise<Observation>;
  checkHealth(): Promise<void>;
  recordProven(slot: SlotLetter): Promise<void>;
  /** Brings the machine to a slot and resolves when it runs from it and boot.conf names it. */
  failBack(slot: SlotLetter, by: 'ssh' | 'console'): Promise<Observation>;
  /** Puts the boot loaders back that were there before a slot was written that does not run. */
  restoreLoaders(): Promise<Observation>;
  /** Ends connections; a transfer that was not released is abandoned. */
  close(): Promise<void>;
  /** Console transcript of this upgrade, relative to the project; empty when there is none. */
  readonly transcript: string;
}

/** A failure on a machine that says what is known of its state. */
export class MachineTrouble extends Error {
  override readonly name = 'MachineTrouble';
  /** The machine still answers over SSH. */
  readonly reachable: boolean;
  /** boot.conf is known to name the slot that it named before. */
  readonly undone: boolean;

  constructor(
    why: string,
    state: { readonly reachable: boolean; readonly undone?: boolean },
    options?: { cause?: unknown },
  ) {
    super(why, options);
    this.reachable = state.reachable;
    this.undone = state.undone ?? false;
  }
}
