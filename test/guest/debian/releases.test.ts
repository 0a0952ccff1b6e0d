import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageUnavailable } from '../../../errors/setup.ts';
import { fetchWithNeeds, type Fetch } from '../../../guest/debian/closure.ts';
import { addModules, chooseKernel, kernelCandidates } from '../../../guest/debian/kernel.ts';
import { likelyOrder } from '../../../guest/debian/packages.ts';
import { perlModuleFolder } from '../../../guest/debian/perl.ts';
import { addPrograms } from '../../../guest/debian/programs.ts';
import { parseNeeds } from '../../../guest/debian/relations.ts';
import { FileTree } from '../../../guest/filesystem/tree.ts';
import { builtInList, releases, type Release } from './releases.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'releases-'));
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

/** A module as far as it is read here: where it is listed which others it needs. */
const module = (name: string): Buffer =>
  Buffer.from(`\x7fELF\0depends=${name === 'virtio_net' ? 'virtio_pci,virtio_blk' : ''}\0name=${name}\0`);

/** The archive of a release, as `fetchPackages` gives it; `asked` is what was fetched. */
function archive(name: string, release: Release): { fetch: Fetch; asked: string[] } {
  const asked: string[] = [];
  const fetch: Fetch = async (names) => {
    const unknown = names.find((one) => release[one] === undefined);
    if (unknown !== undefined)
      throw packageUnavailable({ package: unknown, words: 'Unable to locate package' });
    return Promise.all(
      names.map(async (one) => {
        asked.push(one);
        const folder = join(root, name, one);
        const { needs = '', files = [] } = release[one] ?? {};
        await mkdir(join(folder, 'DEBIAN'), { recursive: true });
        await writeFile(join(folder, 'DEBIAN/control'), `Package: ${one}\n${needs}\n`);
        for (const file of files) {
          const path = join(folder, file.replace('~', 'x86_64-linux-gnu'));
          await mkdir(dirname(path), { recursive: true });
          const base = /([a-z0-9_]+)\.ko/.exec(file)?.[1];
          const content = file.endsWith('modules.builtin')
            ? builtInList
            : base === undefined
              ? ''
              : module(base);
          await writeFile(path, file.endsWith('.zst') ? zstdCompressSync(content) : content);
        }
        return { name: one, version: '1', folder };
      }),
    );
  };
  return { fetch, asked };
}

describe.each(Object.entries(releases))('%s (extracts of its lists)', (name, release) => {
  it('libraries and perl are found through what needs them, programs wherever they lie', async () => {
    const { fetch, asked } = archive(name, release);
    const packages = await fetchWithNeeds(['busybox-static', 'perl-base', 'perl', 'e2fsprogs', 'openssl'], {
      fetch,
    });
    const got = packages.map((one) => one.name);
    for (const pattern of [
      /^libperl5\.\d+(t64)?$/,
      /^libssl3(t64)?$/,
      /^libext2fs2(t64)?$/,
      /^libc6$/,
      /^zlib1g$/,
    ])
      expect(got.filter((one) => pattern.test(one))).toHaveLength(1);
    // Each once, and nothing but what was named and libraries.
    expect(new Set(asked).size).toBe(asked.length);
    expect(got.filter((one) => /^(gcc|dpkg|logsave|perl-modules)/.test(one))).toEqual([]);
    expect(perlModuleFolder(packages)).toMatch(/perl\/5\.\d+\.\d+$/);
    const tree = new FileTree();
    await addPrograms(tree, packages, ['bin/busybox', 'usr/bin/perl', 'sbin/e2fsck']);
    expect(tree.entries().map(([path]) => path)).toEqual(
      expect.arrayContaining(['bin/busybox', 'sbin/e2fsck']),
    );
  });

  it('a kernel is taken that has what guests need, built in or as a module', async () => {
    const { fetch } = archive(name, release);
    const kernel = await chooseKernel(kernelCandidates, { fetch });
    expect(kernel.image).toMatch(/vmlinuz-\d/);
    const tree = new FileTree();
    if (name !== 'Debian 13') {
      // Unpacked, in the order for insmod; what is built in is no file.
      await addModules(tree, kernel, ['virtio_net', 'nls_ascii', 'loop']);
      const files = tree.entries().filter(([, entry]) => entry.kind === 'file');
      const names = files.map(([path]) => path.replace(/^modules\/\d\d-/, ''));
      expect(names).toEqual(
        name === 'Debian 12'
          ? ['virtio_pci.ko', 'virtio_blk.ko', 'virtio_net.ko', 'nls_ascii.ko', 'loop.ko']
          : ['virtio_blk.ko', 'virtio_net.ko', 'nls_ascii.ko'],
      );
      for (const [, entry] of files)
        expect(entry.kind === 'file' && entry.data.toString('latin1', 0, 4)).toBe('\x7fELF');
    }
    await expect(addModules(tree, kernel, ['no_such_driver'])).rejects.toThrow(/BF1933.*no_such_driver/);
  });
});

it('without any kernel that fits, what the first one lacks is named', async () => {
  const ubuntu = releases['Ubuntu 24.04'];
  const { fetch } = archive('less', ubuntu);
  await expect(chooseKernel(['linux-image-virtual', 'linux-image-amd64'], { fetch })).rejects.toThrow(
    /BF1933.*linux-image-virtual has no nls_ascii\.ko/,
  );
  await expect(chooseKernel(['linux-image-cloud-amd64'], { fetch })).rejects.toThrow(/BF1932/);
});

it('names that were fetched come first, then those that the lists know', () => {
  expect(likelyOrder(['a', 'b', 'c', 'd'], new Set(['d']), new Set(['b', 'd']))).toEqual([
    'd',
    'b',
    'a',
    'c',
  ]);
});

it('needs are read as Debian Policy 7.1 writes them', () => {
  const control =
    'Package: x\nPre-Depends: libc6 (>= 2.35)\nDepends: a:any (= 1), b | c (>= 2) [amd64],\n d\nRecommends: e\n';
  expect(parseNeeds(control)).toEqual([['libc6'], ['a'], ['b', 'c'], ['d']]);
});
