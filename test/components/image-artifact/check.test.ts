import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ImageInputs, ImageState } from '../../../components/image-artifact/args.ts';
import { changesOf } from '../../../components/image-artifact/changes.ts';
import { findFacts } from '../../../components/image-artifact/check.ts';
import { check } from '../../../components/image-artifact/handler.ts';
import { unknownValue } from '../../../components/unknown.ts';
import { BlockDigest } from '../../../transfer/block-digest.ts';
import { elf, fileSystem } from '../../formats/programs.ts';
import { slotImage } from './slot-image.ts';

const root = mkdtempSync(path.join(tmpdir(), 'bootfleet-image-'));
let folder = '';
let count = 0;
beforeEach(() => {
  folder = path.join(root, String(count++));
  mkdirSync(folder);
  vi.stubEnv('BOOTFLEET_DATA', path.join(folder, 'data'));
  put('edge-20261121_0900.img', slotImage);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

function put(name: string, content: Uint8Array | string): string {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
}

function inputs(more: Partial<ImageInputs> = {}): ImageInputs {
  return {
    cloud: { kind: 'scaleway', zone: 'fr-par-1', endpoint: 'local' },
    fleet: 'demo',
    artifact: 'edge',
    img: path.join(folder, 'edge-20261121_0900.img'),
    checksums: [],
    resourceUrn: 'urn:pulumi:test::bootfleet::pulumi-nodejs:dynamic/bootfleet:ImageArtifact::edge',
    ...more,
  };
}

const sha512 = (content: Uint8Array): string => createHash('sha512').update(content).digest('hex');

describe('the facts of an image', () => {
  test('are its digests, slots and build', async () => {
    const found = await findFacts(inputs());
    expect(found).toMatchObject({
      verified: { img: 'none' },
      img: { format: 'raw', size: slotImage.length, build: '20261121_0900' },
    });
    expect(found.slots.map(({ letter, size }) => `${letter} ${size}`)).toEqual(['d 65536', 'e 65536']);
  });

  test.each(['img', 'fs'] as const)(
    '%s packed as xz: named, with the command that converts it',
    async (what) => {
      const file = put('edge.xz', Buffer.from('fd377a585a000004e6d6b446', 'hex'));
      await expect(findFacts(inputs({ [what]: file }))).rejects.toMatchObject({
        code: 'BF1113',
        facts: { format: 'xz', convert: expect.stringContaining('xz -dc') as string },
      });
    },
  );

  test('an image of zeros that unpacks beyond the largest disk of its servers is given up', async () => {
    const img = put('edge.img.gz', gzipSync(Buffer.alloc(8 * 1024 * 1024)));
    const facts = { largest: 1024 * 1024 };
    await expect(findFacts(inputs({ img, ...facts }))).rejects.toMatchObject({ code: 'BF1114', facts });
    // And so is a slot image that is larger than its disk image.
    const fs = put('edge.fs.gz', gzipSync(Buffer.alloc(8 * 1024 * 1024)));
    await expect(findFacts(inputs({ fs }))).rejects.toMatchObject({ code: 'BF1114' });
  });

  test.each([
    ['gz', gzipSync, 'gzip'],
    ['zst', zstdCompressSync, 'zstd'],
  ] as const)('are the same of a packed image: .%s', async (suffix, pack, format) => {
    const img = put(`edge-20261121_0900.img.${suffix}`, pack(slotImage));
    const raw = await findFacts(inputs());
    const packed = await findFacts(inputs({ img }));
    expect(packed.slots).toEqual(raw.slots);
    expect(packed.img).toMatchObject({
      format,
      rawSha256: raw.img.sha256,
      rawSize: raw.img.size,
      rawBlocks: new BlockDigest().update(slotImage).hex(),
      build: raw.img.build,
    });
  });

  test.each([
    ['edge-20261121_0900.img', undefined, '20261121_0900'],
    ['edge.img', undefined, undefined],
    ['edge.img', '7', '7'],
    // The image of first installations may be older than the slot image, about which the fleet file speaks.
    ['edge-20261121_0900.img', '20261122_0900', '20261121_0900'],
  ])('hold the build of %s, said to be %s: %s', async (name, build, expected) => {
    const { img } = await findFacts(inputs({ img: put(name, slotImage), build }));
    expect(img.build).toBe(expected);
    expect('build' in img).toBe(expected !== undefined);
  });

  test('say that a checksum was right', async () => {
    const fs = put('edge.fs', Buffer.alloc(65536, 1));
    const sum = put(
      'edge.cksum',
      `SHA512 (edge.fs) = ${sha512(Buffer.alloc(65536, 1))}\nSHA512 (edge-20261121_0900.img) = ${sha512(slotImage)}\n`,
    );
    const proven = { verified: { img: 'checksum', fs: 'checksum' } };
    expect(await findFacts(inputs({ fs, checksums: [sum] }))).toMatchObject(proven);
  });
});

describe('bad input', () => {
  const refused = async (more: Partial<ImageInputs>): Promise<string> => {
    const { failures } = await check(inputs(), inputs(more));
    return failures?.map(({ reason }) => reason).join() ?? 'accepted';
  };

  test('a missing file', async () => {
    expect(await refused({ img: path.join(folder, 'none.img') })).toMatch(
      /^BF1101: image edge: the img .*none.img/,
    );
  });

  test('an image shorter than its partition table says', async () => {
    truncateSync(inputs().img, slotImage.length - 512);
    expect(await refused({})).toMatch(/^BF1103: .*holds 196096 bytes.*reaches to byte 196608/);
  });

  test('a file that is no disk', async () => {
    expect(await refused({ img: put('text.img', 'hello') })).toMatch(/^BF1104/);
  });

  test('slots that an upgrade could not write without destroying something else', async () => {
    const overlapping = Buffer.from(slotImage);
    const at = 65 * 512;
    // Slot e begins in the middle of slot d; the checksum of the label, an XOR of its words, is put right.
    overlapping.writeUInt32LE(192, at + 148 + 4 * 16 + 4);
    overlapping.writeUInt16LE(overlapping.readUInt16LE(at + 136) ^ 256 ^ 192, at + 136);
    const img = put('overlapping.img', overlapping);
    await expect(findFacts(inputs({ img }))).rejects.toMatchObject({
      code: 'BF1104',
      facts: { detail: expect.stringMatching(/^slot d .* lies over partition e$/) as string },
    });
  });

  test('a slot image that does not fit', async () => {
    expect(await refused({ fs: put('edge.fs', Buffer.alloc(65537)) })).toMatch(
      /^BF1105: .*65537 bytes, but slot d .* 65536/,
    );
  });

  test('a slot image of a smaller size family', async () => {
    expect(await refused({ fs: put('edge.fs', Buffer.alloc(32768)) })).toMatch(
      /^BF1112: .*32768 bytes do not fill a slot of 65536/,
    );
  });

  test('a slot image whose name says another size family', async () => {
    const img = put('resflash-amd64-1906MB-com0_115200-20261121_0900.img', slotImage);
    const name = (megabytes: number): string => `resflash-amd64-${megabytes}MB-com0_115200-20261121_0900.fs`;
    const [own, other] = [1906, 3336].map((size) => put(name(size), Buffer.alloc(65536)));
    expect(await refused({ img, fs: own })).toBe('accepted');
    expect(await refused({ img, fs: other })).toMatch(/^BF1112: .*3336 MB and 1906 MB/);
  });

  test('a slot image for another architecture than the disk image, as far as both tell', async () => {
    const slot = (machine: number): Buffer =>
      Buffer.concat([fileSystem(Array.from({ length: 8 }, () => machine)), Buffer.alloc(57344)]);
    const disk = Buffer.from(slotImage);
    slot(elf.amd64).copy(disk, 128 * 512);
    const img = put('edge-20261121_0900.img', disk);
    expect(await refused({ img, fs: put('edge.fs', slot(elf.amd64)) })).toBe('accepted');
    expect(await refused({ img, fs: put('none.fs', Buffer.alloc(65536)) })).toBe('accepted');
    expect(await refused({ img, fs: put('i386.fs', slot(elf.i386)) })).toMatch(
      /^BF1111: .*i386.fs are for i386, .*edge-20261121_0900.img for amd64/,
    );
    const packed = put('edge-20261121_0900.img.gz', gzipSync(disk));
    expect(await refused({ img: packed, fs: put('i386.fs.zst', zstdCompressSync(slot(elf.i386))) })).toMatch(
      /^BF1111/,
    );
  });

  test('a checksum that does not match', async () => {
    const sum = put('edge-20261121_0900.img.sha512', `${'00'.repeat(64)}\n`);
    expect(await refused({ checksums: [sum] })).toMatch(
      /^BF1106: .*SHA512 of .*edge-20261121_0900.img is [0-9a-f]{128}/,
    );
  });

  test('an altered file beside one whose checksum is right: what is proven of one says nothing of the other', async () => {
    const slot = Buffer.alloc(65536, 1);
    const fs = put('edge.fs', slot);
    const lineOf = (name: string, content: Uint8Array): string => `SHA512 (${name}) = ${sha512(content)}\n`;
    const ofFs = put('edge.fs.cksum', lineOf('edge.fs', slot));
    const ofImg = put('edge-20261121_0900.img.cksum', lineOf('edge-20261121_0900.img', slotImage));
    expect(await refused({ fs, checksums: [ofFs, ofImg] })).toBe('accepted');
    const altered = Buffer.from(slotImage);
    altered.writeUInt32LE(0xdeadbeef, altered.length - 512);
    const img = put('edge-20261121_0900.img', altered);
    expect(await refused({ img, fs, checksums: [ofFs] })).toMatch(
      /^BF1120: image edge: no checksum is about .*edge-20261121_0900.img; there is .*edge.fs.cksum/,
    );
    expect(await refused({ img, fs, checksums: [ofFs, ofImg] })).toMatch(/^BF1106.*edge-20261121_0900.img/);
    put('edge-20261121_0900.img', slotImage);
    put('edge.fs', Buffer.alloc(65536, 2));
    expect(await refused({ fs, checksums: [ofImg] })).toMatch(/^BF1120: .* no checksum is about .*edge.fs;/);
  });

  test('a packed file is covered by a checksum of its own bytes, or of what it unpacks to', async () => {
    const packed = gzipSync(slotImage);
    const img = put('edge-20261121_0900.img.gz', packed);
    const sums: readonly (readonly [string, Uint8Array, RegExp])[] = [
      ['edge-20261121_0900.img.gz', packed, /^accepted$/],
      ['edge-20261121_0900.img', slotImage, /^accepted$/],
      ['edge-20261121_0900.img', packed, /^BF1106/],
      ['edge-20261121_0900', slotImage, /^BF1107/],
    ];
    for (const [name, content, expected] of sums)
      expect(
        await refused({ img, checksums: [put('x.cksum', `SHA512 (${name}) = ${sha512(content)}\n`)] }),
      ).toMatch(expected);
  });

  test('a key without a checksum file that it could have signed', async () => {
    const key = Buffer.concat([Buffer.from('Ed'), Buffer.alloc(40)]).toString('base64');
    const signify = put('edge.pub', `untrusted comment: key\n${key}\n`);
    expect(await refused({ signature: { signify } })).toMatch(/^BF1121: image edge: .*edge.pub/);
  });

  test('a checksum file about something else, or about nothing', async () => {
    expect(await refused({ checksums: [put('a.cksum', `SHA512 (other) = ${'00'.repeat(64)}\n`)] })).toMatch(
      /^BF1107.*no line of it is about edge-/,
    );
    expect(await refused({ checksums: [put('b.cksum', 'hello\n')] })).toMatch(/^BF1107.*line 1/);
  });

  test('an unsigned checksum file where a signature is asked for', async () => {
    const sum = put('edge-20261121_0900.img.sha512', `${sha512(slotImage)}\n`);
    const key = Buffer.concat([Buffer.from('Ed'), Buffer.alloc(40)]).toString('base64');
    const signify = put('edge.pub', `untrusted comment: key\n${key}\n`);
    expect(await refused({ checksums: [sum], signature: { signify } })).toMatch(
      /^BF1101: .*signature file .*\.sha512\.sig/,
    );
    const sig = Buffer.concat([Buffer.from('Ed'), Buffer.alloc(72)]).toString('base64');
    put('edge-20261121_0900.img.sha512.sig', `untrusted comment: sig\n${sig}\n`);
    expect(await refused({ checksums: [sum], signature: { signify } })).toMatch(/^BF1108/);
    expect(await refused({ checksums: [sum], signature: { signify: sum } })).toMatch(/^BF1109/);
  });

  test('a packed file that was cut short', async () => {
    const img = put('edge.img.gz', gzipSync(slotImage));
    truncateSync(img, 100);
    expect(await refused({ img })).toMatch(/^BF1102/);
  });

  test('nothing is refused before it is known', async () => {
    expect(await refused({ img: unknownValue })).toBe('accepted');
  });
});

describe('a change of an image', () => {
  const stateOf = async (given: ImageInputs): Promise<ImageState> => ({
    ...given,
    found: await findFacts(given),
    bucket: 'b',
    key: 'k',
    url: 'u',
  });

  test('is one of content, never of paths', async () => {
    const state = await stateOf(inputs());
    const moved = put('moved-20261121_0900.img', slotImage);
    const news = { ...inputs({ img: moved }), found: await findFacts(inputs({ img: moved })) };
    expect(changesOf(state, news)).toMatchObject({ changes: false, replaces: [] });
    const other = put('other-20261121_0900.img', Buffer.concat([slotImage, Buffer.alloc(512)]));
    const changed = { ...inputs({ img: other }), found: await findFacts(inputs({ img: other })) };
    expect(changesOf(state, changed)).toMatchObject({ changes: true, replaces: [] });
  });

  test('is not another slot image, which is none of its own: the upgrades tell of it', async () => {
    const slot = (name: string, byte: number): string => put(name, Buffer.alloc(65536, byte));
    const state = await stateOf(inputs({ fs: slot('edge-20261121_0900.fs', 1) }));
    const news = inputs({ fs: slot('edge-20261122_0900.fs', 2) });
    const found = await findFacts(news);
    expect(changesOf(state, { ...news, found })).toMatchObject({ changes: false, replaces: [] });
    // Earlier versions kept its digests.
    const old = { ...state, found: { ...found, fs: { sha256: 'a'.repeat(64), build: '20261121_0900' } } };
    expect(changesOf(old, { ...news, found })).toMatchObject({ changes: false, replaces: [] });
  });

  test('is none where the state was written before digests of blocks were kept', async () => {
    const { found, ...state } = await stateOf(inputs());
    if (!found) throw new Error('nothing was found');
    const { rawBlocks: _img, ...img } = found.img;
    expect(changesOf({ ...state, found: { ...found, img } }, { ...state, found })).toMatchObject({
      changes: false,
      replaces: [],
    });
  });

  test('of the fleet or the cloud makes it anew', async () => {
    const state = await stateOf(inputs());
    expect(changesOf(state, { ...state, fleet: 'other' })).toMatchObject({
      changes: true,
      replaces: ['fleet'],
    });
  });
});

test('a state of an earlier version, which told of both files what was true of one, is no change', async () => {
  const found = await findFacts(inputs());
  const state = {
    ...inputs(),
    bucket: 'b',
    key: 'k',
    url: 'u',
    found: { ...found, verified: 'none' as const },
  };
  expect(changesOf(state, { ...inputs(), found })).toMatchObject({ changes: false });
});
