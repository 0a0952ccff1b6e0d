import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { imageFacts } from '../../../../components/rollout/slot-upgrade/image-facts.ts';
import type { SlotImageFacts } from '../../../../components/rollout/slot-upgrade/args.ts';
import { elf, fileSystem } from '../../../formats/programs.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'bootfleet-facts-'));
  vi.stubEnv('BOOTFLEET_DATA', path.join(folder, 'data'));
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const urn = 'urn:pulumi:test::bootfleet::pulumi-nodejs:dynamic/bootfleet:SlotUpgrade::edge-1';
function factsOf(name: string, content: Uint8Array): Promise<SlotImageFacts> {
  const fs = path.join(folder, name);
  writeFileSync(fs, content);
  return imageFacts({ fs, checksums: [] }, urn);
}
const programs = fileSystem([elf.amd64, elf.amd64, elf.amd64]);

describe('the facts of a slot image', () => {
  test('name its build, and its architecture from its programs', async () => {
    expect(await factsOf('edge-20261121_0900.fs', programs)).toMatchObject({
      build: '20261121_0900',
      architecture: 'amd64',
      bytes: programs.length,
    });
  });

  test('take the architecture from a name of resflash where the programs do not tell', async () => {
    const found = await factsOf('resflash-i386-1906MB-com0_115200-20261121_0900.fs', Buffer.alloc(5000));
    expect(found.architecture).toBe('i386');
  });

  test('leave it out where nothing tells', async () => {
    expect(await factsOf('edge-20261122_0900.fs', Buffer.alloc(5000))).not.toHaveProperty('architecture');
  });

  test('refuse a file whose name and programs disagree', async () => {
    const name = 'resflash-arm64-1906MB-com0_115200-20261121_0900.fs';
    await expect(factsOf(name, programs)).rejects.toMatchObject({
      code: 'BF1706',
      summary: expect.stringMatching(/its name says arm64, but its programs are for amd64/) as string,
    });
  });

  test('refuse a file that ends before its file system does', async () => {
    const data = Buffer.alloc(8192);
    data.writeUInt32LE(9, 1024 + 4);
    data.writeUInt16LE(0xef53, 1024 + 56);
    await expect(factsOf('short.fs', data)).rejects.toMatchObject({
      code: 'BF1706',
      summary: expect.stringMatching(/its file system has 9216 bytes, the file 8192/) as string,
    });
    expect((await factsOf('whole.fs', Buffer.concat([data, Buffer.alloc(1024)]))).bytes).toBe(9216);
  });

  test.each([['is empty', 'empty.fs', new Uint8Array()]])(
    'refuse a file that %s',
    async (_what, name, content) => {
      await expect(factsOf(name, content)).rejects.toMatchObject({ code: 'BF1706' });
    },
  );

  test('refuse a file that no checksum is about, whatever is proven of the disk image beside it', async () => {
    const name = 'edge-20261123_0900.fs';
    const fs = path.join(folder, name);
    const img = path.join(folder, 'edge-20261123_0900.img');
    writeFileSync(fs, programs);
    const sum = (about: string, content: Uint8Array): string => {
      const file = path.join(folder, `${about}.cksum`);
      writeFileSync(file, `${createHash('sha256').update(content).digest('hex')}\n`);
      return file;
    };
    const ofImg = sum('edge-20261123_0900.img', Buffer.from('the disk'));
    await expect(imageFacts({ fs, img, checksums: [ofImg] }, urn)).rejects.toMatchObject({ code: 'BF1120' });
    const ofFs = sum(name, programs);
    const found = await imageFacts({ fs, img, checksums: [ofImg, ofFs] }, urn);
    expect(found.verified).toBe('checksum');
    const signature = { signify: 'edge.pub' };
    await expect(imageFacts({ fs, checksums: [], signature }, urn)).rejects.toMatchObject({ code: 'BF1121' });
  });

  test('refuse a file that is not there', async () => {
    await expect(imageFacts({ fs: path.join(folder, 'none.fs'), checksums: [] }, urn)).rejects.toMatchObject({
      code: 'BF1706',
    });
  });
});
