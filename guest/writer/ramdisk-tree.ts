import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addModules, type Kernel } from '../debian/kernel.ts';
import { fetchWithNeeds } from '../debian/closure.ts';
import { perlModuleFolder } from '../debian/perl.ts';
import { addPrograms } from '../debian/programs.ts';
import { FileTree } from '../filesystem/tree.ts';
import { sha256Program } from './sha256/program.ts';

/** What KVM clouds and QEMU have; NVMe is built in. The other group is loaded where these find nothing. */
const modules = {
  virtio: ['virtio_pci', 'virtio_blk', 'virtio_scsi', 'sd_mod', 'virtio_net', 'virtio_rng'],
  other: ['ata_piix', 'xen_blkfront', 'xen_netfront', 'ena', 'hv_storvsc', 'hv_netvsc'],
};

/** Where programs come from; their libraries are found through them. */
const packageNames = ['busybox-static', 'perl-base', 'perl', 'zstd', 'openssl', 'ca-certificates'];
const programs = ['bin/busybox', 'usr/bin/perl', 'usr/bin/zstd', 'usr/bin/openssl'];

/** Compiled perl modules that are not in perl-base. */
const perlModules = ['Time/HiRes.pm', 'auto/Time/HiRes/HiRes.so'];

/** Tables of Unicode, which the writer's plain ASCII never asks for. */
const perlUnused = /^(?:unicore|Unicode|Text|File|Getopt|IPC|Hash|Data|attributes|overload)/;

const library = 'usr/lib/x86_64-linux-gnu';
const own = new URL('ramdisk/', import.meta.url);
const network = new URL('../network/', import.meta.url);

/** The ramdisk of the flash writer: what it needs to fetch, unpack, check and write an image, and nothing else. */
export async function buildRamdiskTree(kernel: Kernel, cache?: string): Promise<FileTree> {
  const tree = new FileTree();
  const packages = await fetchWithNeeds(packageNames, { cache });
  const folderOf = (name: string): string => packages.find((one) => one.name === name)?.folder ?? '';
  await addPrograms(tree, packages, programs);
  for (const [group, names] of Object.entries(modules))
    await addModules(tree, kernel, names, `modules/${group}`);
  const base = join(folderOf('perl-base'), library, 'perl-base');
  await tree.addFolder(base, `${library}/perl-base`, (path) => !perlUnused.test(path));
  const compiled = perlModuleFolder(packages);
  for (const path of perlModules) await tree.addFile(`${library}/perl-base/${path}`, join(compiled, path));
  await addAuthorities(tree, folderOf('ca-certificates'));
  for (const name of ['init', 'flash.pl']) tree.file(name, await readFile(new URL(name, own)), 0o755);
  for (const name of ['network.sh', 'udhcpc.sh'])
    tree.file(name, await readFile(new URL(name, network)), 0o755);
  tree.file('bin/sha256-blocks', sha256Program(), 0o755);
  for (const name of ['Aligned', 'Disk', 'Http', 'Orders', 'Proof', 'Report', 'Sha256', 'Stream', 'Tls'])
    tree.file(`lib/bootfleet/${name}.pm`, await readFile(new URL(`lib/${name}.pm`, own)));
  return tree;
}

/** The bundle that Debian makes at installation: all certificates in one file. */
async function addAuthorities(tree: FileTree, folder: string): Promise<void> {
  const certificates = await new FileTree().addFolder(join(folder, 'usr/share/ca-certificates/mozilla'));
  const parts = certificates
    .entries()
    .map(([, entry]) => (entry.kind === 'file' ? entry.data : Buffer.alloc(0)));
  tree.file('etc/ssl/certs/ca-certificates.crt', Buffer.concat(parts));
}
