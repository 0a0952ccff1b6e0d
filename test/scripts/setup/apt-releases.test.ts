import { expect, test } from 'vitest';
import { missingPackages } from '../../../scripts/setup/apt/packages.ts';
import { requiredPackages } from '../../../scripts/setup/apt/required.ts';

/**
 * Extracts of what the packages of three releases install, written by hand (their lists of files, November 2026): of each package
 * the file by which it is known. Debian 13 and Ubuntu 24.04 have moved /bin and /sbin to /usr.
 */
const common = {
  'qemu-system-x86': '/usr/bin/qemu-system-x86_64',
  'ipxe-qemu': '/usr/lib/ipxe/qemu/efi-virtio.rom',
  ovmf: '/usr/share/OVMF/OVMF_CODE_4M.fd',
  socat: '/usr/bin/socat',
  mtools: '/usr/bin/mformat',
  syslinux: '/usr/bin/syslinux',
  'syslinux-common': '/usr/lib/syslinux/memdisk',
  'signify-openbsd': '/usr/bin/signify-openbsd',
  'ca-certificates': '/etc/ssl/certs/ca-certificates.crt',
  openssl: '/usr/bin/openssl',
};
const releases: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'Debian 12': { ...common, e2fsprogs: '/sbin/debugfs', 'busybox-static': '/bin/busybox' },
  'Debian 13': { ...common, e2fsprogs: '/usr/sbin/debugfs', 'busybox-static': '/usr/bin/busybox' },
  'Ubuntu 24.04': { ...common, e2fsprogs: '/usr/sbin/debugfs', 'busybox-static': '/usr/bin/busybox' },
};

test.each(Object.entries(releases))(
  '%s has every required package, and each is known by a file of it',
  (_, files) => {
    expect(requiredPackages.map(({ name }) => name).filter((name) => files[name] === undefined)).toEqual([]);
    const installed = new Set(Object.values(files));
    expect(missingPackages((file) => installed.has(file))).toEqual([]);
    for (const { name } of requiredPackages)
      expect(missingPackages((file) => installed.has(file) && file !== files[name])).toEqual([name]);
  },
);
