import { compareBuilds } from './builds.ts';

/** Letter of a root slot. Example: `d`. Source: resflash's disk layout, slots d and e. */
export type SlotLetter = string;

/**
 * What /cfg on the machine says about one slot. It survives both slots. How far a write came:
 * - `writing`: begun; the slot holds a mixture;
 * - `confirmed`: every byte was compared with the image's digest, and upgrade.sh was let go on;
 * - `complete`: upgrade.sh ended well and printed the right digest; `readBack` is what the slot holds since;
 * - `proven`: the machine has booted from it, said the right build and passed its health checks.
 */
export interface SlotRecord {
  readonly state: 'writing' | 'confirmed' | 'complete' | 'proven';
  /** Empty when unknown. */
  readonly build: string;
  /** SHA-256 of the image that was written, hex. */
  readonly sha256: string;
  /** Length of that image. */
  readonly bytes: number;
  /** SHA-256 of the slot's first `bytes` bytes after upgrade.sh's own edits, hex. */
  readonly readBack?: string | undefined;
}

/** One root slot of a machine. */
export interface Slot {
  readonly letter: SlotLetter;
  readonly bytes: number;
  readonly record?: SlotRecord | undefined;
}

/** A machine as it answers over SSH. */
export interface Observation {
  /** The slot that is mounted as `/`. */
  readonly running: SlotLetter;
  /** The slot that boot.conf names, if it names one. */
  readonly next: SlotLetter | undefined;
  /** What /resflash/BUILD says; empty when it says nothing: unknown. */
  readonly build: string;
  /** Processor as `uname -m` says. Example: `amd64`, or `x86_64` on Linux. */
  readonly architecture: string;
  readonly slots: readonly Slot[];
  /** New at each boot. */
  readonly bootId: string;
  /** Seconds since that boot. */
  readonly uptime: number;
  /** Bytes free in /cfg. */
  readonly cfgFree: number;
  /**
   * The slot whose upgrade may have changed the boot loaders, which both slots share, as long as it is not proven.
   * Undefined when the loaders are those of a proven slot.
   */
  readonly loaders?: SlotLetter | undefined;
}

/** What a machine shall run. */
export interface Wanted {
  /** Empty when unknown. */
  readonly build: string;
  /** SHA-256 of the raw slot image, hex. */
  readonly sha256: string;
  /** Length of the raw slot image. */
  readonly bytes: number;
  /** Architecture of its programs; absent when unknown. */
  readonly architecture?: string | undefined;
}

/** The slot that is not running. Undefined for a machine without two. */
export function otherSlot(seen: Observation): Slot | undefined {
  const others = seen.slots.filter(({ letter }) => letter !== seen.running);
  return others.length === 1 ? others[0] : undefined;
}

/** Whether the machine boots by the loaders of an upgrade that did not come to last, and not by those from before it. */
export function hasForeignLoaders(seen: Observation): boolean {
  return seen.loaders !== undefined && seen.loaders !== seen.running;
}

/**
 * The record of the slot that is running, when it is about what runs: not when /resflash/BUILD names another build,
 * because somebody has written the slot since, and not when the write that it tells of was never completed.
 */
export function runningRecord(seen: Observation): SlotRecord | undefined {
  const record = seen.slots.find(({ letter }) => letter === seen.running)?.record;
  if (record === undefined || record.state === 'writing') return undefined;
  return compareBuilds(record.build, seen.build) === 'different' ? undefined : record;
}

/**
 * Whether a machine runs an image, as far as it can be told without reading its slot. Pure.
 *
 * Digests decide: an image may bear the name of another. Without a record of ours another name still tells that it is
 * another image; the same name, and an unknown one, tell nothing.
 */
export function runningIs(seen: Observation, wanted: Wanted): 'wanted' | 'other' | 'unknown' {
  const named = compareBuilds(seen.build, wanted.build);
  if (named === 'different') return 'other';
  const record = runningRecord(seen);
  if (record === undefined) return 'unknown';
  return record.sha256 === wanted.sha256 ? 'wanted' : 'other';
}
