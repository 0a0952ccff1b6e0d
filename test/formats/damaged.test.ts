import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProgramTally } from '../../formats/architecture.ts';
import { readDiskLayout, type DiskLayout } from '../../formats/disk-layout.ts';
import { filesystemType, renderDisklabel } from '../../formats/disklabel.ts';
import { fileSystemBytes, parseFileSystem } from '../../formats/file-system.ts';
import { gptType, parseGpt, renderGpt } from '../../formats/gpt.ts';
import { mbrType, renderMbr } from '../../formats/mbr.ts';
import type { Parsed } from '../../formats/parsed.ts';
import { parseProcessStat } from '../../formats/process-stat.ts';
import { runs } from '../property-runs.ts';

/** Whole disks that are then damaged, with their checksums put right again: those say nothing of who made them. */
const label = renderDisklabel({
  duid: '0011223344556677',
  sectors: 400,
  bounds: { start: 64, end: 400 },
  typeName: 'test',
  packName: 'test',
  partitions: ['a', 'd', 'e'].map((letter, at) => ({
    letter,
    start: 100 + at * 100,
    sectors: 100,
    type: filesystemType.ffs,
  })),
});
const openbsd = { type: mbrType.openbsd, active: true, start: 64, sectors: 336 };
const protective = { type: mbrType.protective, active: false, start: 1, sectors: 399 };

function diskOf(kind: 'mbr' | 'gpt'): Buffer {
  const disk = Buffer.alloc(400 * 512);
  renderMbr({
    code: Buffer.alloc(0),
    signature: 1,
    partitions: [kind === 'mbr' ? openbsd : protective],
  }).copy(disk);
  if (kind === 'gpt') {
    const guid = '11111111-2222-3333-4444-555555555555';
    const one = { type: gptType.openbsd, guid, start: 64, sectors: 336, attributes: 0n, name: 'x' };
    renderGpt({ diskGuid: guid, firstUsable: 34, lastUsable: 366, backupAt: 399, partitions: [one] }).copy(
      disk,
      512,
    );
  }
  label.copy(disk, 65 * 512);
  return disk;
}

/** Puts both checksums of a GPT right. */
function sealGpt(disk: Buffer): void {
  disk.writeUInt32LE(crc32(disk.subarray(1024, 1024 + 128 * 128)), 512 + 88);
  disk.writeUInt32LE(0, 512 + 16);
  disk.writeUInt32LE(crc32(disk.subarray(512, 512 + 92)), 512 + 16);
}

/** Puts the checksum of a disklabel right. */
function sealLabel(disk: Buffer): void {
  const at = 65 * 512;
  disk.writeUInt16LE(0, at + 136);
  let sum = 0;
  for (let word = 0; word < 148 + 16 * 16; word += 2) sum ^= disk.readUInt16LE(at + word);
  disk.writeUInt16LE(sum, at + 136);
}

const layoutOf = (disk: Buffer): Promise<Parsed<DiskLayout>> =>
  readDiskLayout((offset, length) => {
    // A real file gives a RangeError for such a place.
    expect(Number.isSafeInteger(offset) && offset >= 0).toBe(true);
    return Promise.resolve(disk.subarray(offset, offset + length));
  });

/** Every number of a layout can be reckoned with. */
function expectExact(found: Parsed<DiskLayout>): void {
  if (!found.ok) {
    expect(found.reason).not.toBe('');
    return;
  }
  const { end, gpt, disklabel } = found.value;
  const partitions = [
    ...(gpt?.partitions ?? []),
    ...(disklabel?.partitions ?? []).filter(({ letter }) => letter !== 'c'),
  ];
  for (const { start, sectors } of partitions)
    expect(Number.isSafeInteger((start + sectors) * 512)).toBe(true);
  expect(Number.isSafeInteger(end)).toBe(true);
}

/** Bytes that damage: small, large, and all of a number. */
const damage = fc.record({
  at: fc.nat(),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 8 }),
    fc.constantFrom(
      Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255),
      Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x10),
    ),
  ),
});

describe('a damaged disk whose checksums are right', () => {
  test.each(['mbr', 'gpt'] as const)(
    '%s: is read in exact numbers or refused with a reason',
    async (kind) => {
      await fc.assert(
        fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (damages) => {
          const disk = diskOf(kind);
          // Where the tables are: boot record, GPT header and first entries, disklabel.
          const places = [446, 512, 1024, 65 * 512];
          for (const { at, bytes } of damages)
            disk.set(bytes, (places[at % 4] ?? 0) + (Math.floor(at / 4) % 404));
          if (kind === 'gpt') sealGpt(disk);
          sealLabel(disk);
          expectExact(await layoutOf(disk));
        }),
        { numRuns: runs(300) },
      );
    },
  );

  test('whole disks are read', async () => {
    for (const kind of ['mbr', 'gpt'] as const)
      expect(await layoutOf(diskOf(kind))).toMatchObject({
        ok: true,
        value: { end: 400 * 512, openbsd: { start: 64 } },
      });
  });

  test('a GPT partition at sector 2^60', async () => {
    const disk = diskOf('gpt');
    disk.writeBigUInt64LE(2n ** 60n, 1024 + 32);
    disk.writeBigUInt64LE(2n ** 60n + 10n, 1024 + 40);
    sealGpt(disk);
    const refused = { ok: false, reason: expect.stringContaining('where no disk reaches') as string };
    expect(parseGpt(disk)).toEqual(refused);
    expect(await layoutOf(disk)).toEqual(refused);
  });

  test.each([32, 40, 48])('a GPT header that names a sector beyond every disk, at %i', (at) => {
    const disk = diskOf('gpt');
    disk.writeBigUInt64LE(2n ** 63n, 512 + at);
    sealGpt(disk);
    expect(parseGpt(disk)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('no disk has') as string,
    });
  });

  test('a disklabel partition beyond every disk', async () => {
    const disk = diskOf('mbr');
    disk.writeUInt16LE(0xffff, 65 * 512 + 148 + 3 * 16 + 8);
    sealLabel(disk);
    expect(await layoutOf(disk)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('where no disk') as string,
    });
  });

  test('a partition without sectors is none, wherever it begins', async () => {
    const disk = diskOf('mbr');
    disk.set([0, 0, 0, 0, 0x83, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0], 446 + 16);
    expect(await layoutOf(disk)).toMatchObject({ ok: true, value: { end: 400 * 512 } });
  });

  test('an extended partition that leads back to itself is not followed', async () => {
    const disk = diskOf('mbr');
    const extended = { type: 0x05, active: false, start: 0, sectors: 400 };
    renderMbr({ code: Buffer.alloc(0), signature: 1, partitions: [extended, openbsd] }).copy(disk);
    expect(await layoutOf(disk)).toMatchObject({ ok: true, value: { end: 400 * 512 } });
  });
});

test('a damaged superblock has a length that is exact, or none', () => {
  fc.assert(
    fc.property(
      fc.array(damage, { maxLength: 4 }),
      fc.constantFrom(8192, 65_536),
      fc.constantFrom(0x011954, 0x19540119),
      (damages, at, magic) => {
        const data = Buffer.alloc(fileSystemBytes);
        data.writeUInt32LE(2048, at + 52);
        data.writeUInt32LE(magic, at + 1372);
        data.writeUInt16LE(0xef53, 1024 + 56);
        for (const one of damages) data.set(one.bytes, [at + 32, at + 1076, 1024, at + 50][one.at % 4] ?? at);
        const found = parseFileSystem(data);
        expect(found === undefined || Number.isSafeInteger(found.bytes)).toBe(true);
      },
    ),
    { numRuns: runs(200) },
  );
});

test('any text beside a process is no process, or one with whole numbers', () => {
  const stat = `1 (x) S 1 ${'2 '.repeat(17)}333 0\n`;
  expect(parseProcessStat(stat)).toEqual({ state: 'S', parent: 1, startTime: '333' });
  expect(parseProcessStat(stat.replace('S 1 ', 'S x '))).toBeUndefined();
  expect(parseProcessStat(stat.replace('333', '-'))).toBeUndefined();
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), fc.nat(60), (text, at) => {
      const found = parseProcessStat(stat.slice(0, at) + text + stat.slice(at));
      expect(found === undefined || Number.isSafeInteger(found.parent)).toBe(true);
    }),
  );
});

test('programs are counted in any bytes, in pieces of any length', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 1500 }), { maxLength: 5 }), (pieces) => {
      const tally = new ProgramTally();
      for (const piece of pieces) tally.update(Buffer.concat([Buffer.from('7f454c46020101', 'hex'), piece]));
      expect(typeof tally.architecture).toBe('string');
    }),
  );
});
