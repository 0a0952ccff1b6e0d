import { readFile } from 'node:fs/promises';
import { addModules, type Kernel } from '../debian/kernel.ts';
import { fetchWithNeeds } from '../debian/closure.ts';
import { addPrograms } from '../debian/programs.ts';
import { FileTree } from '../filesystem/tree.ts';

/** Disks and networks of clouds and of QEMU, and what is needed to mount a disk and look at it. */
const modules = [
  'virtio_pci', 'virtio_blk', 'virtio_scsi', 'sd_mod', 'virtio_net', 'virtio_rng', 'vfat', 'nls_ascii', 'nls_cp437', 'loop',
]; // prettier-ignore

/** Where programs come from; their libraries are found through them. */
const packageNames = ['busybox-static', 'dropbear-bin'];
const programs = ['bin/busybox', 'usr/sbin/dropbear', 'usr/bin/dropbearkey'];

const own = new URL('ramdisk/', import.meta.url);
/** How the network is brought up, as in the flash writer. */
const network = new URL('../network/', import.meta.url);

/** The ramdisk of the rescue stand-in: busybox and an SSH server. */
export async function buildRescueTree(kernel: Kernel, cache?: string): Promise<FileTree> {
  const tree = new FileTree();
  await addPrograms(tree, await fetchWithNeeds(packageNames, { cache }), programs);
  await addModules(tree, kernel, modules);
  for (const [folder, names] of [
    [own, ['init', 'keys.sh']],
    [network, ['network.sh', 'udhcpc.sh']],
  ] as const)
    for (const name of names) tree.file(name, await readFile(new URL(name, folder)), 0o755);
  tree.directory('root', 0o700).directory('root/.ssh', 0o700).directory('etc/dropbear', 0o700);
  tree.file('etc/passwd', Buffer.from('root:*:0:0:root:/root:/bin/sh\n'));
  tree.file('etc/group', Buffer.from('root:x:0:\ntty:x:5:\n'));
  tree.file('etc/shells', Buffer.from('/bin/sh\n'));
  return tree;
}
