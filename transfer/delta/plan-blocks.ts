import { blockDigest, digestKey, digestLength } from './block-digest.ts';
import type { SlotIndex } from './slot-index.ts';

/** How a run of blocks of the image comes to the target. */
export type BlockSource =
  | { readonly type: 'copy'; readonly slot: string; readonly block: number; readonly count: number }
  | { readonly type: 'zero'; readonly count: number }
  | { readonly type: 'send'; readonly bytes: Buffer };

/** What the target has. */
export interface TargetBlocks {
  readonly slots: readonly SlotIndex[];
  /** Letter of the slot that is written while it is read from. */
  readonly writing: string;
  readonly block: number;
}

/**
 * Divides a piece of the image into what the target has and what must be sent. Pure.
 *
 * The slot that is being written can only be read ahead of the writer: its block i serves the image's block t when
 * i >= t. That is also what resumes a transfer that was cut: the blocks that had arrived are in that slot, in place.
 *
 * @param piece whole blocks but for the image's end.
 * @param from number of the piece's first block in the image.
 */
export function planPiece(piece: Buffer, from: number, target: TargetBlocks): BlockSource[] {
  const plan: BlockSource[] = [];
  for (let at = 0; at < piece.length; at += target.block) {
    const bytes = piece.subarray(at, at + target.block);
    add(plan, sourceOf(bytes, from + at / target.block, target));
  }
  return plan;
}

function sourceOf(bytes: Buffer, index: number, { slots, writing, block }: TargetBlocks): BlockSource {
  if (bytes.length < block) return { type: 'send', bytes };
  const digest = blockDigest(bytes);
  const key = digest.readBigUInt64BE();
  if (key === 0n) return { type: 'zero', count: 1 };
  // The same place first: it makes long runs, and in the slot being written it is always allowed.
  for (const slot of slots) {
    if ((index + 1) * digestLength <= slot.digests.length && digestKey(slot.digests, index) === key) {
      return { type: 'copy', slot: slot.letter, block: index, count: 1 };
    }
  }
  for (const slot of slots) {
    const place = slot.first.get(key);
    if (place !== undefined && (slot.letter !== writing || place >= index)) {
      return { type: 'copy', slot: slot.letter, block: place, count: 1 };
    }
  }
  return { type: 'send', bytes };
}

/** Appends a block, joined with the one before where they run on. */
function add(plan: BlockSource[], next: BlockSource): void {
  const last = plan.at(-1);
  if (last?.type === 'zero' && next.type === 'zero')
    plan[plan.length - 1] = { type: 'zero', count: last.count + next.count };
  else if (
    last?.type === 'copy' &&
    next.type === 'copy' &&
    last.slot === next.slot &&
    last.block + last.count === next.block
  ) {
    plan[plan.length - 1] = { ...last, count: last.count + next.count };
  } else if (
    last?.type === 'send' &&
    next.type === 'send' &&
    last.bytes.buffer === next.bytes.buffer &&
    last.bytes.byteOffset + last.bytes.length === next.bytes.byteOffset
  ) {
    const joined = Buffer.from(
      last.bytes.buffer,
      last.bytes.byteOffset,
      last.bytes.length + next.bytes.length,
    );
    plan[plan.length - 1] = { type: 'send', bytes: joined };
  } else plan.push(next);
}
