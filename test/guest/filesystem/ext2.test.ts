import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { renderExt2 } from '../../../guest/filesystem/ext2.ts';
import { FileTree } from '../../../guest/filesystem/tree.ts';
import { runs } from '../../property-runs.ts';

const folder = mkdtempSync(join(tmpdir(), 'bootfleet-ext2-'));
afterAll(() => { rmSync(folder, { recursive: true }); }); // prettier-ignore

const uuid = Buffer.alloc(16, 7);
const mebibyte = 2 ** 20;

/** What e2fsck and debugfs of the host say about an image; they are the judges, not our own reader. */
function check(image: Buffer): string {
  const file = join(folder, 'image');
  writeFileSync(file, image);
  execFileSync('e2fsck', ['-fn', file], { stdio: 'pipe' });
  return file;
}
function contentOf(file: string, path: string): Buffer {
  return execFileSync('debugfs', ['-R', `cat ${path}`, file], {
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 2 ** 26,
  });
}

describe('ext2 writer', () => {
  it('makes what e2fsck calls clean, with every content as given', () => {
    const size = fc.oneof(fc.nat(3000), fc.constantFrom(12 * 1024, 12 * 1024 + 1, 300_000, 1_200_000));
    const files = fc.dictionary(fc.stringMatching(/^[a-c]{1,3}(\/[a-z-]{1,40}){0,2}$/), size, {
      maxKeys: 12,
    });
    fc.assert(
      fc.property(
        files,
        fc.boolean(),
        fc.constantFrom(1024 as const, 4096 as const),
        (wanted, journal, blockSize) => {
          const tree = new FileTree();
          const placed = new Map<string, Buffer>();
          for (const [name, length] of Object.entries(wanted)) {
            // A name that is a folder of another cannot be a file as well.
            if (
              Object.keys(wanted).some(
                (other) => other !== name && (other.startsWith(`${name}/`) || name.startsWith(`${other}/`)),
              )
            )
              continue;
            const data = Buffer.alloc(length, name);
            placed.set(name, data);
            tree.file(name, data);
          }
          // The journal is 1024 blocks: 4 MiB of large ones.
          const bytes = (blockSize === 1024 ? 8 : 12) * mebibyte;
          fc.pre([...placed.values()].reduce((sum, data) => sum + data.length, 0) < 5 * mebibyte);
          const file = check(
            renderExt2(tree, { bytes, blockSize, uuid, label: 'test', time: 1_700_000_000, journal }),
          );
          for (const [name, data] of placed) expect(contentOf(file, name).equals(data)).toBe(true);
        },
      ),
      { numRuns: runs(6) },
    );
  });

  it('holds files that need double indirect blocks, long links and many names', () => {
    const tree = new FileTree()
      .file('big', Buffer.alloc(9 * mebibyte, 'big'))
      .symlink('long', 'x'.repeat(100))
      .symlink('short', 'big');
    for (let i = 0; i < 500; i++) tree.file(`many/a-name-of-some-length-${i}`, String(i));
    const file = check(renderExt2(tree, { bytes: 15 * mebibyte, uuid, label: 'test', time: 1 }));
    expect(contentOf(file, 'big').equals(Buffer.alloc(9 * mebibyte, 'big'))).toBe(true);
    expect(contentOf(file, 'many/a-name-of-some-length-499').toString()).toBe('499');
  });

  it('refuses what does not fit', () => {
    const tree = new FileTree().file('big', Buffer.alloc(2 * mebibyte));
    expect(() => renderExt2(tree, { bytes: mebibyte, uuid, label: '', time: 1 })).toThrow(RangeError);
    expect(() => renderExt2(new FileTree(), { bytes: 255 * mebibyte, uuid, label: '', time: 1 })).toThrow(
      RangeError,
    );
  });
});
