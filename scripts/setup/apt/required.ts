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
  { name: 'qemu-utils', files: program('qemu-img'), why: 'disk images of machines' },
  { name: 'ipxe-qemu', files: ['/usr/lib/ipxe/qemu/efi-virtio.rom'], why: "the network cards' iPXE" },
  {
    name: 'ovmf',
    files: ['/usr/share/OVMF/OVMF_CODE.fd', '/usr/share/OVMF/OVMF_CODE_4M.fd'],
    why: 'UEFI machines',
  },
  { name: 'syslinux-common', files: ['/usr/lib/syslinux/memdisk'], why: 'booting ISO images (memdisk)' },
  { name: 'zstd', files: program('zstd'), why: 'compressed images' },
  { name: 'openssh-client', files: program('ssh-keygen'), why: 'key pairs of the demo' },
  { name: 'signify-openbsd', files: ['/usr/bin/signify-openbsd'], why: 'signing the demo images' },
  { name: 'ca-certificates', files: ['/etc/ssl/certs/ca-certificates.crt'], why: 'TLS of downloads' },
];
