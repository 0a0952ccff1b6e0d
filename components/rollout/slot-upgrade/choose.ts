import { describeMisfit, fitOf, type Fit } from './fit.ts';
import {
  otherSlot,
  runningIs,
  runningRecord,
  type Observation,
  type SlotLetter,
  type Wanted,
} from './observation.ts';

/** What has to be done with a machine, from where it is. */
export type Choice =
  /** It runs what is wanted and has been proven. */
  | { readonly type: 'nothing' }
  /** No record says what the running slot holds, and no name says that it is something else: it has to be read. */
  | { readonly type: 'identify'; readonly slot: SlotLetter }
  /** It runs what is wanted, but an earlier attempt ended before its proof. */
  | { readonly type: 'prove' }
  /** The wanted build was completely written and made active, and only the reboot is missing. */
  | { readonly type: 'reboot'; readonly slot: SlotLetter }
  /** The other slot is recorded to hold it: compare, and if so switch. */
  | { readonly type: 'compare'; readonly slot: SlotLetter }
  | { readonly type: 'transfer'; readonly slot: SlotLetter }
  | { readonly type: 'refuse'; readonly reason: Refusal; readonly why: string };

export type Refusal = 'no-slots' | 'architecture' | 'family' | 'downgrade' | 'no-room';

/** Least free bytes in /cfg: for records of both slots and the lock, several times over. */
export const leastCfgRoom = 64 * 1024;

/**
 * Decides from what a machine says. What runs is told by the digest in a record of ours, or by reading the slot; the
 * name in /resflash/BUILD alone only tells that something else runs. A slot that does not run is only trusted with a
 * record.
 *
 * @param running `other` once the running slot was read and holds something else.
 */
export function choose(
  seen: Observation,
  wanted: Wanted,
  allowDowngrade: boolean,
  running: 'unread' | 'other' = 'unread',
): Choice {
  const other = otherSlot(seen);
  const is = running === 'other' ? 'other' : runningIs(seen, wanted);
  if (is === 'wanted') return { type: runningRecord(seen)?.state === 'proven' ? 'nothing' : 'prove' };
  if (is === 'unknown') return { type: 'identify', slot: seen.running };
  if (!other)
    return {
      type: 'refuse',
      reason: 'no-slots',
      why: `slots found: ${seen.slots.map((slot) => slot.letter).join(', ') || 'none'}`,
    };
  const { misfit } = fitSeen(seen, wanted);
  if (misfit) return { type: 'refuse', reason: misfit.reason, why: describeMisfit(misfit) };
  if (!allowDowngrade && isOlder(wanted.build, seen.build)) {
    return { type: 'refuse', reason: 'downgrade', why: `${wanted.build} is older than ${seen.build}` };
  }
  if (seen.cfgFree < leastCfgRoom) {
    return {
      type: 'refuse',
      reason: 'no-room',
      why: `/cfg has ${seen.cfgFree} bytes free, needed are ${leastCfgRoom}`,
    };
  }
  const kept = other.record;
  const recorded =
    kept?.sha256 === wanted.sha256 &&
    kept.readBack !== undefined &&
    (kept.state === 'complete' || kept.state === 'proven');
  if (!recorded) return { type: 'transfer', slot: other.letter };
  const interrupted = kept.state === 'complete' && seen.next === other.letter;
  return { type: interrupted ? 'reboot' : 'compare', slot: other.letter };
}

/** How a machine as it was seen and an image go together. */
export function fitSeen(seen: Observation, wanted: Wanted): Fit {
  // A slot whose size cannot be told counts 0 bytes.
  const slotBytes = otherSlot(seen)?.bytes;
  return fitOf(wanted, {
    architecture: seen.architecture,
    slotBytes: slotBytes === 0 ? undefined : slotBytes,
  });
}

/**
 * True when both names hold a resflash date (`20261121_0900`) or are plain numbers, and the first is the earlier.
 * Names that cannot be ordered, or are unknown, are never older: bootfleet does not guess.
 */
export function isOlder(build: string, than: string): boolean {
  const [a, b] = [orderOf(build), orderOf(than)];
  return a?.kind === b?.kind && a !== undefined && b !== undefined && a.value < b.value;
}

function orderOf(build: string): { kind: string; value: number } | undefined {
  const date = /(\d{8})_(\d{4})$/.exec(build);
  if (date) return { kind: 'date', value: Number(`${date[1]}${date[2]}`) };
  return /^\d{1,15}$/.test(build) ? { kind: 'number', value: Number(build) } : undefined;
}
