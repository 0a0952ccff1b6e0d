import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fetchPackages } from '../debian/packages.ts';
import { fetchWithNeeds } from '../debian/closure.ts';
import { perlModuleFolder } from '../debian/perl.ts';
import { addPrograms } from '../debian/programs.ts';
import { FileTree } from '../filesystem/tree.ts';
import type { BootLoaders } from './boot-partition.ts';
import { duid } from './layout.ts';

/** Builds that behave, and builds that do not. */
export const variants = ['good', 'no-boot', 'unhealthy', 'panic', 'loader-hang'] as const;
export type Variant = (typeof variants)[number];

/** What makes one slot differ from another. */
export interface SlotOptions {
  /** `version:` of /resflash/BUILD. */
  readonly version: string;
  readonly variant: Variant;
  /** `build date:`, as resflash writes it. */
  readonly date: string;
  /** Debian packages whose files are added whole, without their dependencies. */
  readonly extraPackages: readonly string[];
}

/** Where programs come from; their libraries are found through them. */
const packageNames = ['busybox-static', 'perl-base', 'perl', 'dropbear-bin', 'e2fsprogs', 'zstd'];
const programs = [
  'bin/busybox', 'usr/bin/perl', 'usr/sbin/dropbear', 'usr/bin/dropbearkey', 'sbin/e2fsck', 'usr/bin/zstd',
]; // prettier-ignore

/** busybox programs that scripts expect at these places. */
const applets: Readonly<Record<string, string>> = {
  bin: 'ash cat chgrp chmod chown cmp cp cut date dd df dmesg echo egrep false fgrep fsync grep gunzip gzip head hostname kill ln login ls mkdir mkfifo mknod mktemp more mount mv nc netstat nice nproc od pidof ping printf ps pwd readlink realpath rm rmdir sed sh sha1sum sha256sum sha512sum sleep sort stat stty sync tail tar tee test time timeout touch tr true truncate umount uname uniq uptime usleep vi wc wget which xargs yes zcat blockdev md5sum cksum awk find env expr id seq tty logger basename dirname',
  sbin: 'acpid getty halt ifconfig ip losetup poweroff reboot route switch_root sysctl udhcpc',
};

const here = (name: string): URL => new URL(`slot/${name}`, import.meta.url);

/** Everything in a slot. The same options and packages give the same tree. */
export async function buildSlotTree(
  options: SlotOptions,
  loaders: BootLoaders,
  cache?: string,
): Promise<FileTree> {
  const tree = new FileTree();
  for (const folder of [
    'proc',
    'sys',
    'dev',
    'mbr',
    'cfg',
    'efi',
    'mnt',
    'root/.ssh',
    'var/run',
    'var/log',
    'var/tmp',
  ])
    tree.directory(folder);
  tree.directory('tmp', 0o1777).directory('root', 0o700).directory('root/.ssh', 0o700);
  const packages = await fetchWithNeeds(packageNames, { cache });
  await addPrograms(tree, packages, programs);
  for (const one of packages)
    if (one.name === 'perl-base') await tree.addFolder(join(one.folder, 'usr/lib'), 'usr/lib');
  await addPerlModules(tree, perlModuleFolder(packages));
  for (const one of await fetchPackages(options.extraPackages, cache))
    await tree.addFolder(one.folder, '', (path) => path !== 'DEBIAN');
  for (const [folder, names] of Object.entries(applets))
    for (const name of names.split(' ')) tree.symlink(`${folder}/${name}`, '/bin/busybox');
  await addConfiguration(tree, options, loaders);
  return tree;
}

/** The modules outside perl-base that bootfleet uses on its targets; OpenBSD's perl has them too. */
async function addPerlModules(tree: FileTree, from: string): Promise<void> {
  const to = 'usr/lib/x86_64-linux-gnu/perl-base';
  for (const path of [
    'Digest/SHA.pm',
    'auto/Digest/SHA/SHA.so',
    'Compress/Raw/Zlib.pm',
    'auto/Compress/Raw/Zlib/Zlib.so',
  ])
    await tree.addFile(`${to}/${path}`, join(from, path));
}

async function addConfiguration(tree: FileTree, options: SlotOptions, loaders: BootLoaders): Promise<void> {
  const text = (path: string, content: string, mode = 0o644): FileTree => tree.file(path, content, mode);
  text('etc/passwd', 'root:*:0:0:root:/root:/bin/sh\nnobody:*:65534:65534:nobody:/:/bin/false\n');
  text('etc/group', 'root:x:0:\ntty:x:5:\nnogroup:x:65534:\n');
  text('etc/shells', '/bin/sh\n');
  text('etc/hosts', '127.0.0.1 localhost\n');
  text('etc/health', options.variant === 'unhealthy' ? '503 Service Unavailable\n' : '200 OK\n');
  text('etc/issue', `bootfleet stand-in ${options.version} (Linux, not OpenBSD)\n`);
  text('etc/fstab', [
    `${duid}.d / ext2 ro,noatime 1 1`,
    '/dev/sd0a /mbr ext4 rw,noatime,sync,noauto 1 2',
    '/dev/sd0f /cfg ext4 rw,noatime,sync,noauto 1 2',
    '/dev/sd0i /efi vfat rw,noatime,sync,noauto 0 0',
    '',
  ].join('\n')); // prettier-ignore
  for (const name of ['rc', 'rc.host-key', 'rc.cloud', 'rc.sshd', 'rc.health', 'metadata', 'inittab'])
    tree.file(`etc/${name}`, await readFile(here(name)), name === 'inittab' ? 0o644 : 0o755);
  tree.file('etc/udhcpc.sh', await readFile(new URL('../network/udhcpc.sh', import.meta.url)), 0o755);
  text('etc/acpi/PWRF/00000080', '#!/bin/sh\nexec /sbin/poweroff\n', 0o755);
  tree.file('resflash/upgrade.sh', await readFile(here('upgrade.sh')), 0o755);
  const command = `build.ts --version ${options.version} --variant ${options.variant}`;
  text(
    'resflash/BUILD',
    `version: ${options.version}\nbuild command: ${command}\nbuild date: ${options.date}\n`,
  );
  tree.file('usr/mdec/mbr', loaders.bootRecord).file('usr/mdec/BOOTX64.EFI', loaders.efi);
  const stage = options.variant === 'loader-hang' ? 'stage.loader-hang' : 'stage.good';
  if (options.variant === 'no-boot') return;
  tree.file('boot/stage', await readFile(here(stage)), 0o755);
  tree.file('sbin/init', await readFile(here(options.variant === 'panic' ? 'init.panic' : 'init')), 0o755);
}
