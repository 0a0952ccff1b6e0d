import { createHash } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BlockDigest } from '../../transfer/block-digest.ts';
import { cachedDigest } from '../../transfer/digest-cache.ts';
import { digestFile } from '../../transfer/digest.ts';
import { runs } from '../property-runs.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'bootfleet-digest-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function write(name: string, content: Uint8Array): string {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
}
const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
const sha512 = (content: Uint8Array): string => createHash('sha512').update(content).digest('hex');

const pack = { raw: (content: Uint8Array) => content, gzip: gzipSync, zstd: zstdCompressSync } as const;

describe('digestFile', () => {
  test.each(['raw', 'gzip', 'zstd'] as const)(
    '%s: of the file and of what is in it, for any content',
    async (format) => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async (content) => {
          // Content that looks packed is packed for us; the magic numbers are tested by the other formats.
          fc.pre(format !== 'raw' || (content[0] !== 0x1f && content[0] !== 0x28));
          const packed = pack[format](content);
          expect(await digestFile(write('x', packed))).toEqual({
            format,
            size: packed.length,
            sha256: sha256(packed),
            sha512: sha512(packed),
            rawSize: content.length,
            rawSha256: sha256(content),
            rawSha512: sha512(content),
            rawBlocks: new BlockDigest().update(content).hex(),
          });
        }),
        { numRuns: runs(50) },
      );
    },
  );

  test.each(['gzip', 'zstd'] as const)(
    '%s: a file cut short is an error, not another digest',
    async (format) => {
      const file = write('cut', pack[format](Buffer.alloc(100_000, 'x')));
      truncateSync(file, statSync(file).size - 3);
      await expect(digestFile(file)).rejects.toThrow();
    },
  );

  const parts = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 6 });

  test.each(['gzip', 'zstd'] as const)(
    '%s: of several members or frames, all that is in them',
    async (format) => {
      await fc.assert(
        fc.asyncProperty(parts, async (contents) => {
          const packed = Buffer.concat(contents.map((content) => pack[format](content)));
          const content = Buffer.concat(contents);
          expect(await digestFile(write('members', packed))).toMatchObject({
            format,
            rawSize: content.length,
            rawSha256: sha256(content),
          });
        }),
        { numRuns: runs(20) },
      );
    },
  );

  test.each(['gzip', 'zstd'] as const)('%s: bytes behind the last one are an error', async (format) => {
    const packed = pack[format](Buffer.from('content'));
    for (const more of ['garbage', '\0'.repeat(20), '\x28', '\x1f']) {
      const file = write('behind', Buffer.concat([packed, Buffer.from(more, 'latin1')]));
      await expect(digestFile(file)).rejects.toThrow(Error);
    }
  });

  test('a few bytes that stand for too many are given up soon, with what was allowed', async () => {
    const largest = 4 * 1024 * 1024;
    for (const format of ['gzip', 'zstd'] as const) {
      const file = write('bomb', pack[format](Buffer.alloc(64 * 1024 * 1024)));
      const seen: number[] = [];
      const onProgress = (done: number, total: number): unknown => seen.push(done / total);
      await expect(digestFile(file, onProgress, largest)).rejects.toMatchObject({ largest });
      const early = seen.length;
      expect((await digestFile(file, onProgress)).rawSize).toBe(64 * 1024 * 1024);
      // About one a megabyte that comes out, however little goes in.
      expect(early).toBeLessThan(8);
      expect(seen.length).toBeGreaterThan(64);
      expect(seen.at(-1)).toBe(1);
    }
  });

  test('holds little of a large file in memory', async () => {
    const file = write('large', gzipSync(Buffer.alloc(192 * 1024 * 1024)));
    const before = process.memoryUsage.rss();
    await digestFile(file);
    expect(process.memoryUsage.rss() - before).toBeLessThan(96 * 1024 * 1024);
  });
});

describe('cachedDigest', () => {
  const cache = (): string => path.join(folder, 'cache');

  test('reads a file once while nothing about it changes', async () => {
    const file = write('once', Buffer.from('content'));
    let reads = 0;
    const first = await cachedDigest(file, cache(), () => reads++);
    expect(reads).toBe(1);
    expect(await cachedDigest(file, cache(), () => reads++)).toEqual(first);
    expect(reads).toBe(1);
  });

  test('sees a change of the same size, also when the modification time is set back', async () => {
    const file = write('same-size', Buffer.from('one'));
    const { atime, mtime } = statSync(file);
    await cachedDigest(file, cache());
    writeFileSync(file, 'two');
    utimesSync(file, atime, mtime);
    expect((await cachedDigest(file, cache())).sha256).toBe(sha256(Buffer.from('two')));
  });

  test('reads again when the entry is damaged', async () => {
    const file = write('damaged', Buffer.from('one'));
    const first = await cachedDigest(file, cache());
    const entry = path.join(cache(), `${sha256(Buffer.from(path.resolve(file))).slice(0, 32)}.json`);
    writeFileSync(entry, '{"version":1');
    expect(await cachedDigest(file, cache())).toEqual(first);
  });

  test('is right also where nothing can be kept, and that is told', async () => {
    const file = write('unkept', Buffer.from('one'));
    const entry = `${sha256(Buffer.from(path.resolve(file))).slice(0, 32)}.json`;
    const [blocked, full] = [write('no folder', Buffer.from('')), path.join(folder, 'full')];
    mkdirSync(path.join(full, entry), { recursive: true });
    for (const place of [blocked, full]) {
      const told: string[] = [];
      const digest = await cachedDigest(file, place, undefined, undefined, (text) => told.push(text));
      expect(digest.sha256).toBe(sha256(Buffer.from('one')));
      expect(told).toEqual([
        expect.stringMatching(/^unkept will be read again, its digest is not remembered: E/),
      ]);
    }
    expect(readdirSync(full)).toEqual([entry]);
  });
});
