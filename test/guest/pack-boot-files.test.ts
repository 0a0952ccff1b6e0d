import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { packBootFiles } from '../../guest/pack-boot-files.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bootfleet-pack-'));
  await writeFile(join(folder, 'image'), 'a kernel');
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const pack = (content: string): ReturnType<typeof packBootFiles> =>
  packBootFiles(join(folder, 'home'), join(folder, 'image'), Buffer.from(content));

test('packs a content once, and finds it the next time', async () => {
  const first = await pack('a ramdisk');
  expect(zstdDecompressSync(await readFile(first.initrd)).toString()).toBe('a ramdisk');
  const { ino } = await stat(first.initrd);
  // Packed again, it would have these bytes again.
  await writeFile(first.initrd, 'as it was left');
  const second = await pack('a ramdisk');
  expect(second).toEqual(first);
  expect((await stat(second.initrd)).ino).toBe(ino);
  expect(await readFile(second.initrd, 'utf8')).toBe('as it was left');
});

test('packs again what is not there any more, and another content', async () => {
  const first = await pack('a ramdisk');
  await rm(join(folder, 'home', first.digest), { recursive: true });
  expect(await pack('a ramdisk')).toEqual(first);
  expect(zstdDecompressSync(await readFile(first.initrd)).toString()).toBe('a ramdisk');
  expect((await pack('another')).digest).not.toBe(first.digest);
});
