import { readFile } from 'node:fs/promises';
import { zstdCompressSync } from 'node:zlib';
import { addModules, type Kernel } from '../debian/kernel.ts';
import { fetchWithNeeds } from '../debian/closure.ts';
import { addPrograms } from '../debian/programs.ts';
import { renderCpio } from '../filesystem/cpio.ts';
import { FileTree } from '../filesystem/tree.ts';

/** Disks and networks of clouds and of QEMU, FAT for /efi, and the power button. */
const modules = [
  'virtio_pci', 'virtio_blk', 'virtio_scsi', 'sd_mod', 'virtio_net', 'virtio_rng', 'vfat', 'nls_ascii', 'nls_cp437', 'button', 'evdev',
]; // prettier-ignore

/** The ramdisk of the first boot stage: prompt, disklabel, and the way into a slot. */
export async function buildFirstStage(kernel: Kernel, cache?: string): Promise<Buffer> {
  const tree = new FileTree();
  const packages = await fetchWithNeeds(['busybox-static', 'util-linux'], { cache });
  await addPrograms(tree, packages, ['bin/busybox', 'usr/bin/addpart', 'usr/bin/delpart']);
  await addModules(tree, kernel, modules);
  for (const name of ['init', 'prompt.sh', 'disk.sh'])
    tree.file(
      name,
      await readFile(new URL(`first-stage/${name}`, import.meta.url)),
      name === 'init' ? 0o755 : 0o644,
    );
  return zstdCompressSync(renderCpio(tree));
}
