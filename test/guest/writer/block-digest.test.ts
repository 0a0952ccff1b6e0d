import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlockDigest, digestBlock } from '../../../transfer/block-digest.ts';
import { runs } from '../../property-runs.ts';

const library = new URL('../../../guest/writer/ramdisk/lib', import.meta.url).pathname;

/** What the writer itself says, in the perl that it is written in. */
function asWriterSees(image: Buffer): string {
  const program = `use Proof; my $proof = Proof->new({ blocks => 'x', sha256 => 'y' }); binmode STDIN; local $/; my $all = <STDIN> // '';
    for (my $i = 0; $i < length $all; $i += 1048576) { my $piece = substr $all, $i, 1048576; $proof->add(\\$piece) }
    print $proof->difference =~ /found ([0-9a-f]+)/;`;
  return execFileSync('perl', [`-I${library}`, '-e', program], { input: image }).toString();
}

/** Images of a few blocks, some of them holes, and a tail. */
const image = fc
  .tuple(fc.array(fc.constantFrom(0, 0, 1, 255), { maxLength: 20 }), fc.uint8Array({ maxLength: 300 }))
  .map(([fills, tail]) => Buffer.concat([...fills.map((fill) => Buffer.alloc(digestBlock, fill)), tail]));

describe('digest of blocks', () => {
  it('does not depend on how the bytes arrive', () => {
    fc.assert(
      fc.property(image, fc.integer({ min: 5000, max: 200_000 }), (bytes, step) => {
        const pieces = new BlockDigest();
        for (let at = 0; at < bytes.length; at += step) pieces.update(bytes.subarray(at, at + step));
        expect(pieces.hex()).toBe(new BlockDigest().update(bytes).hex());
      }),
      { numRuns: runs(30) },
    );
  });

  it('is the one that the writer makes', () => {
    fc.assert(
      fc.property(image, (bytes) => { expect(asWriterSees(bytes)).toBe(new BlockDigest().update(bytes).hex()); }), // prettier-ignore
      { numRuns: runs(10) },
    );
  });

  it('notices a block that moved and a byte that changed', () => {
    const zero = Buffer.alloc(digestBlock);
    const one = Buffer.alloc(digestBlock, 1);
    const digest = (...blocks: Buffer[]): string => new BlockDigest().update(Buffer.concat(blocks)).hex();
    expect(digest(zero, one)).not.toBe(digest(one, zero));
    const other = Buffer.from(one);
    other[digestBlock - 1] = 2;
    expect(digest(one)).not.toBe(digest(other));
  });
});
