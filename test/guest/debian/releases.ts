/**
 * Extracts of three releases' package lists: of each package only the needs and the files that matter here. Written by hand
 * (packages.debian.org, packages.ubuntu.com, November 2026); versions and the other fields are left out. `~` stands for
 * `x86_64-linux-gnu`.
 */
export interface Extract {
  readonly needs?: string;
  readonly files?: readonly string[];
}
export type Release = Readonly<Record<string, Extract>>;

const drivers = ['virtio_scsi', 'sd_mod', 'virtio_net', 'vfat', 'nls_ascii', 'loop'];

const debian12: Release = {
  'busybox-static': { files: ['bin/busybox'] },
  'perl-base': {
    needs: 'Pre-Depends: libc6 (>= 2.35), libcrypt1 (>= 1:4.1.0), dpkg (>= 1.17.17)',
    files: ['usr/bin/perl'],
  },
  perl: {
    needs:
      'Depends: perl-base (= 5.36.0-7+deb12u3), perl-modules-5.36 (>= 5.36.0-7+deb12u3), libperl5.36 (= 5.36.0-7+deb12u3)',
  },
  'libperl5.36': {
    needs:
      'Depends: libbz2-1.0, libc6 (>= 2.35), libcrypt1, libdb5.3, libgdbm-compat4, libgdbm6, zlib1g, perl-modules-5.36',
    files: ['usr/lib/~/perl/5.36.0/Time/HiRes.pm', 'usr/lib/~/libperl.so.5.36'],
  },
  e2fsprogs: {
    needs:
      'Pre-Depends: libblkid1 (>= 2.36), libc6, libcom-err2, libext2fs2 (= 1.47.0-2+b2), libss2, libuuid1\nDepends: logsave',
    files: ['sbin/e2fsck'],
  },
  openssl: { needs: 'Depends: libc6 (>= 2.34), libssl3 (>= 3.0.9)', files: ['usr/bin/openssl'] },
  libssl3: { needs: 'Depends: libc6', files: ['usr/lib/~/libssl.so.3'] },
  libext2fs2: { needs: 'Depends: libc6', files: ['lib/~/libext2fs.so.2'] },
  libc6: { needs: 'Depends: libgcc-s1', files: ['lib/~/libc.so.6', 'lib/~/ld-linux-x86-64.so.2'] },
  'libgcc-s1': { needs: 'Depends: gcc-12-base (= 12.2.0-14), libc6 (>= 2.35)' },
  ...plain(
    'libcrypt1',
    'libbz2-1.0',
    'libdb5.3',
    'libgdbm-compat4',
    'libgdbm6',
    'zlib1g',
    'libblkid1',
    'libcom-err2',
    'libss2',
    'libuuid1',
  ),
  'linux-image-cloud-amd64': { needs: 'Depends: linux-image-6.1.0-48-cloud-amd64 (= 6.1.172-1)' },
  'linux-image-6.1.0-48-cloud-amd64': {
    needs: 'Depends: kmod, linux-base (>= 4.3~), initramfs-tools (>= 0.120+deb11u3) | linux-initramfs-tool',
    files: [
      'boot/vmlinuz-6.1.0-48-cloud-amd64',
      ...modules('lib', '6.1.0-48-cloud-amd64', '.ko', [
        ...drivers,
        'virtio_pci',
        'virtio_blk',
        'virtio_rng',
        'nls_cp437',
      ]),
    ],
  },
};

/** t64 names, usr-merge, a kernel in three packages, compressed modules; `virtual` has fewer drivers than `generic`. */
const ubuntu2404: Release = {
  'busybox-static': { files: ['usr/bin/busybox'] },
  'perl-base': {
    needs: 'Pre-Depends: libc6 (>= 2.38), libcrypt1 (>= 1:4.1.0), dpkg (>= 1.17.17)',
    files: ['usr/bin/perl'],
  },
  perl: {
    needs:
      'Depends: perl-base (= 5.38.2-3.2ubuntu0.3), perl-modules-5.38 (>= 5.38.2-3.2ubuntu0.3), libperl5.38t64 (= 5.38.2-3.2ubuntu0.3)',
  },
  'libperl5.38t64': {
    needs:
      'Depends: libbz2-1.0, libc6 (>= 2.38), libcrypt1, libdb5.3t64, libgdbm-compat4t64, libgdbm6t64, zlib1g, perl-modules-5.38',
    files: ['usr/lib/~/perl/5.38.2/Time/HiRes.pm', 'usr/lib/~/libperl.so.5.38'],
  },
  e2fsprogs: {
    needs:
      'Pre-Depends: libblkid1 (>= 2.36), libc6 (>= 2.38), libcom-err2, libext2fs2t64 (= 1.47.0), libss2, libuuid1\nDepends: logsave',
    files: ['usr/sbin/e2fsck'],
  },
  openssl: { needs: 'Depends: libc6 (>= 2.38), libssl3t64 (>= 3.0.9)', files: ['usr/bin/openssl'] },
  libssl3t64: { needs: 'Depends: libc6 (>= 2.38)', files: ['usr/lib/~/libssl.so.3'] },
  libext2fs2t64: { needs: 'Depends: libc6 (>= 2.38)', files: ['usr/lib/~/libext2fs.so.2'] },
  libc6: { needs: 'Depends: libgcc-s1', files: ['usr/lib/~/libc.so.6', 'usr/lib/~/ld-linux-x86-64.so.2'] },
  'libgcc-s1': { needs: 'Depends: gcc-14-base, libc6 (>= 2.35)' },
  ...plain(
    'libcrypt1',
    'libbz2-1.0',
    'libdb5.3t64',
    'libgdbm-compat4t64',
    'libgdbm6t64',
    'zlib1g',
    'libblkid1',
    'libcom-err2',
    'libss2',
    'libuuid1',
  ),
  'linux-image-virtual': { needs: 'Depends: linux-image-6.8.0-31-generic' },
  'linux-image-generic': {
    needs:
      'Depends: linux-image-6.8.0-31-generic, linux-modules-extra-6.8.0-31-generic, linux-firmware, intel-microcode, amd64-microcode',
  },
  'linux-image-6.8.0-31-generic': {
    needs: 'Depends: kmod, linux-base (>= 4.5ubuntu1~16.04.1), linux-modules-6.8.0-31-generic',
    files: ['boot/vmlinuz-6.8.0-31-generic'],
  },
  'linux-modules-6.8.0-31-generic': {
    files: [
      ...modules('lib', '6.8.0-31-generic', '.ko.zst', [
        'virtio_blk',
        'virtio_net',
        'virtio_scsi',
        'virtio_rng',
      ]),
      'lib/modules/6.8.0-31-generic/modules.builtin',
    ],
  },
  'linux-modules-extra-6.8.0-31-generic': {
    needs: 'Depends: linux-image-6.8.0-31-generic | linux-image-unsigned-6.8.0-31-generic, wireless-regdb',
    files: modules('lib', '6.8.0-31-generic', '.ko.zst', ['nls_ascii']),
  },
};

/** Kernel modules in /usr/lib, compressed with xz; perl 5.40. */
const debian13: Release = {
  ...Object.fromEntries(Object.entries(ubuntu2404).filter(([name]) => !/^(?:linux-|libperl)/.test(name))),
  perl: {
    needs: 'Depends: perl-base (= 5.40.1-6), perl-modules-5.40 (>= 5.40.1-6), libperl5.40 (= 5.40.1-6)',
  },
  'libperl5.40': {
    needs:
      'Depends: libbz2-1.0, libc6 (>= 2.38), libcrypt1, libdb5.3t64, libgdbm-compat4t64, libgdbm6t64, zlib1g, perl-modules-5.40',
    files: ['usr/lib/~/perl/5.40.1/Time/HiRes.pm'],
  },
  'linux-image-cloud-amd64': { needs: 'Depends: linux-image-6.12.43+deb13-cloud-amd64 (= 6.12.43-1)' },
  'linux-image-6.12.43+deb13-cloud-amd64': {
    needs: 'Depends: kmod, linux-base (>= 4.12~), initramfs-tools (>= 0.120+deb11u3) | linux-initramfs-tool',
    files: [
      'boot/vmlinuz-6.12.43+deb13-cloud-amd64',
      ...modules('usr/lib', '6.12.43+deb13-cloud-amd64', '.ko.xz', [
        ...drivers,
        'virtio_pci',
        'virtio_blk',
        'virtio_rng',
        'nls_cp437',
      ]),
    ],
  },
};

/** What Ubuntu's kernel has in itself. */
export const builtInList = ['virtio_pci', 'sd_mod', 'vfat', 'nls_cp437', 'loop']
  .map((name) => `kernel/drivers/${name}.ko\n`)
  .join('');

export const releases = { 'Debian 12': debian12, 'Ubuntu 24.04': ubuntu2404, 'Debian 13': debian13 } as const;

function plain(...names: readonly string[]): Release {
  return Object.fromEntries(names.map((name) => [name, { needs: 'Depends: libc6 (>= 2.14)' }]));
}

function modules(at: string, release: string, end: string, names: readonly string[]): readonly string[] {
  return names.map((name) => `${at}/modules/${release}/kernel/drivers/${name}${end}`);
}
