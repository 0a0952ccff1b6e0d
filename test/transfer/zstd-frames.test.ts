import { Readable } from 'node:stream';
import { createZstdDecompress, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { beginsZstd, ZstdFrames } from '../../transfer/zstd-frames.ts';

const skippable = (kind: number, content: Uint8Array): Buffer => {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(0x184d2a50 + kind, 0);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content]);
};

/** A frame, or one to be skipped. */
const frame = fc.oneof(
  fc
    .record({
      content: fc.uint8Array({ maxLength: 2000 }),
      level: fc.constantFrom(-5, 3, 19),
      sum: fc.boolean(),
    })
    .map(({ content, level, sum }) => ({
      content: Buffer.from(content),
      bytes: zstdCompressSync(content, { params: { 100: level, 201: sum ? 1 : 0 } }),
    })),
  fc.tuple(fc.nat(15), fc.uint8Array({ maxLength: 40 })).map(([kind, content]) => ({
    content: Buffer.alloc(0),
    bytes: skippable(kind, content),
  })),
  fc
    .constantFrom(0, 200_000)
    .map((size) => ({ content: Buffer.alloc(size), bytes: zstdCompressSync(Buffer.alloc(size)) })),
);

async function cut(data: Buffer, step: number): Promise<Buffer[]> {
  const pieces: Buffer[] = [];
  for (let at = 0; at < data.length; at += step) pieces.push(data.subarray(at, at + step));
  const found: Buffer[] = [];
  for await (const piece of Readable.from(pieces).pipe(new ZstdFrames())) found.push(piece as Buffer);
  return found;
}

describe('the frames of a Zstandard file', () => {
  test('are cut apart in whatever pieces they come, and what is skipped is left out', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(frame, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 5000 }),
        async (frames, step) => {
          const data = Buffer.concat(frames.map(({ bytes }) => bytes));
          expect(beginsZstd(data)).toBe(true);
          // A file that only has frames to be skipped has no content, which the decompressor calls an early end.
          fc.pre(frames.some(({ bytes }) => bytes.readUInt32LE(0) === 0xfd2fb528));
          const pieces = await cut(data, Math.max(step, Math.ceil(data.length / 400)));
          const unpack = createZstdDecompress();
          for (const piece of pieces) unpack.write(piece);
          unpack.end();
          const unpacked = Buffer.concat((await unpack.toArray()) as Buffer[]);
          expect(unpacked.equals(Buffer.concat(frames.map(({ content }) => content)))).toBe(true);
          const kept = frames.filter(({ bytes }) => bytes.readUInt32LE(0) === 0xfd2fb528);
          expect(Buffer.concat(pieces).equals(Buffer.concat(kept.map(({ bytes }) => bytes)))).toBe(true);
        },
      ),
    );
  });

  test('cut short anywhere are an error', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(frame, { minLength: 1, maxLength: 2 }),
        fc.nat(),
        fc.integer({ min: 1, max: 300 }),
        async (frames, at, step) => {
          const data = Buffer.concat(frames.map(({ bytes }) => bytes));
          const ends = frames.reduce<number[]>(
            (all, { bytes }) => [...all, (all.at(-1) ?? 0) + bytes.length],
            [0],
          );
          const length = at % data.length;
          fc.pre(!ends.includes(length));
          await expect(cut(data.subarray(0, length), step)).rejects.toThrow(/cut short/);
        },
      ),
    );
  });

  test('altered are an error of theirs or of the decompressor, or other bytes: never anything else', async () => {
    await fc.assert(
      fc.asyncProperty(frame, fc.nat(), fc.integer({ min: 1, max: 255 }), async ({ bytes }, at, change) => {
        const altered = Buffer.from(bytes);
        altered[at % altered.length] = (altered[at % altered.length] ?? 0) ^ change;
        const said = await cut(altered, 100).then(
          () => '',
          (error: unknown) => (error as Error).message,
        );
        expect(said).toMatch(/^$|Zstandard/);
      }),
    );
  });

  test('the decompressor by itself drops what follows a frame in one piece: this is the hazard', () => {
    const two = Buffer.concat([zstdCompressSync('one'), zstdCompressSync('two')]);
    expect(zstdDecompressSync(two).toString()).not.toBe('onetwo');
  });
});
