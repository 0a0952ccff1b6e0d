import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blockDigest } from '../../../transfer/delta/block-digest.ts';
import { planPiece, type BlockSource } from '../../../transfer/delta/plan-blocks.ts';
import { indexOf, type SlotIndex } from '../../../transfer/delta/slot-index.ts';
import { runs } from '../../property-runs.ts';

const block = 64;
/** Blocks by a number: the same number is the same content, 0 is all zeros. */
const blockOf = (kind: number): Buffer => Buffer.alloc(block, kind);
const dataOf = (kinds: readonly number[]): Buffer => Buffer.concat(kinds.map(blockOf));

function index(letter: string, data: Buffer): SlotIndex {
  const digests = [];
  for (let at = 0; at + block <= data.length; at += block)
    digests.push(blockDigest(data.subarray(at, at + block)));
  return indexOf(letter, Buffer.concat(digests));
}

/**
 * Does what the machine does: writes the plan to slot e from its beginning while it reads from both slots.
 *
 * @throws when a block is read that is already overwritten.
 */
function rebuild(plan: readonly BlockSource[], slots: Record<string, Buffer>): Buffer {
  const writing = Buffer.from(slots['e'] ?? '');
  const out: Buffer[] = [];
  let at = 0;
  const put = (bytes: Buffer): void => {
    bytes.copy(writing, at);
    out.push(Buffer.from(bytes));
    at += bytes.length;
  };
  for (const source of plan) {
    if (source.type === 'send') put(source.bytes);
    else if (source.type === 'zero') put(Buffer.alloc(source.count * block));
    else {
      if (source.slot === 'e' && source.block * block < at) throw new Error('reads what is overwritten');
      for (let i = 0; i < source.count; i += 1) {
        const from = source.slot === 'e' ? writing : (slots[source.slot] ?? Buffer.alloc(0));
        put(Buffer.from(from.subarray((source.block + i) * block, (source.block + i + 1) * block)));
      }
    }
  }
  return Buffer.concat(out);
}

const kinds = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 24 });

describe('a plan of blocks', () => {
  test('rebuilds every image from every pair of slots, and never reads what it has overwritten', () => {
    const end = fc.nat({ max: block - 1 });
    fc.assert(
      fc.property(kinds, kinds, kinds, end, fc.integer({ min: 1, max: 9 }), (d, e, wanted, rest, pieces) => {
        const slots = { d: dataOf(d), e: dataOf(e) };
        const image = Buffer.concat([dataOf(wanted), Buffer.alloc(rest, 7)]);
        const target = { slots: [index('d', slots.d), index('e', slots.e)], writing: 'e', block };
        const plan: BlockSource[] = [];
        const size = pieces * block;
        for (let at = 0; at < image.length; at += size)
          plan.push(...planPiece(image.subarray(at, at + size), at / block, target));
        expect(rebuild(plan, slots).equals(image)).toBe(true);
      }),
      { numRuns: runs(500) },
    );
  });

  test('sends no whole block that the running slot holds, and no zeros', () => {
    fc.assert(
      fc.property(kinds, kinds, (d, wanted) => {
        const target = { slots: [index('d', dataOf(d))], writing: 'e', block };
        const sent = planPiece(dataOf(wanted), 0, target).filter(({ type }) => type === 'send');
        const bytes = sent.reduce(
          (sum, source) => sum + (source.type === 'send' ? source.bytes.length : 0),
          0,
        );
        expect(bytes).toBe(wanted.filter((kind) => kind !== 0 && !d.includes(kind)).length * block);
      }),
    );
  });

  test('takes nothing over the wire for what had arrived before a connection broke', () => {
    const image = dataOf([1, 2, 3, 4, 5, 6, 7, 8]);
    const arrived = Buffer.concat([image.subarray(0, 5 * block), Buffer.alloc(3 * block, 99)]);
    const target = { slots: [index('e', arrived)], writing: 'e', block };
    expect(planPiece(image, 0, target)).toEqual([
      { type: 'copy', slot: 'e', block: 0, count: 5 },
      { type: 'send', bytes: dataOf([6, 7, 8]) },
    ]);
  });

  test('joins runs into one instruction each', () => {
    const target = { slots: [index('d', dataOf([1, 2, 3]))], writing: 'e', block };
    expect(planPiece(dataOf([1, 2, 3, 0, 0, 9, 8]), 0, target)).toEqual([
      { type: 'copy', slot: 'd', block: 0, count: 3 },
      { type: 'zero', count: 2 },
      { type: 'send', bytes: dataOf([9, 8]) },
    ]);
  });
});
