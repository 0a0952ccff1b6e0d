/** A Debian package that bootfleet needs installed, and a file of it by which other distributions are judged. */
export interface RequiredPackage {
  readonly name: string;
  /** One of these is there when the package, or another distribution's like it, is installed. */
  readonly files: readonly string[];
  /** For docs/dependencies.md. */
  readonly why: string;
}

const program = (name: string): readonly string[] => [
  `/usr/bin/${name}`,
  `/usr/sbin/${name}`,
  `/bin/${name}`,
  `/sbin/${name}`,
];

/** Everything; docs/dependencies.md has the same list for readers. */
export const requiredPackages: readonly RequiredPackage[] = [
  { name: 'qemu-system-x86', files: program('qemu-system-x86_64'), why: "the embedded cloud's machines" },
  { name: 'ipxe-qemu', files: ['/usr/lib/ipxe/qemu/efi-virtio.rom'], why: "the network cards' iPXE" },
  {
    name: 'ovmf',
    files: ['/usr/share/OVMF/OVMF_CODE_4M.fd', '/usr/share/edk2/ovmf/OVMF_CODE.fd'],
    why: 'UEFI machines',
  },
  { name: 'socat', files: program('socat'), why: "the way from a machine to its cloud's metadata service" },
  { name: 'mtools', files: program('mformat'), why: "the stand-in images' EFI partition" },
  { name: 'syslinux', files: program('syslinux'), why: "the stand-in images' boot loader" },
  { name: 'syslinux-common', files: ['/usr/lib/syslinux/memdisk'], why: 'booting ISO images (memdisk)' },
  { name: 'signify-openbsd', files: ['/usr/bin/signify-openbsd'], why: 'signing the stand-in images' },
  { name: 'ca-certificates', files: ['/etc/ssl/certs/ca-certificates.crt'], why: 'TLS of downloads' },
  { name: 'e2fsprogs', files: program('debugfs'), why: 'tests: judges the file systems that are built' },
  { name: 'busybox-static', files: program('busybox'), why: 'tests: judges the archives that are built' },
  { name: 'openssl', files: program('openssl'), why: 'tests: certificates for TLS on loopback' },
];
