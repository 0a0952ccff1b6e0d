import type { CloudRef } from '../../clouds/cloud.ts';
import type { ImageFormat } from '../../transfer/image-format.ts';

/** Writes an image to the server's disk, by the flash writer. */
export interface FlashImage {
  readonly kind: 'flash-image';
  readonly image: {
    /** As reached from the server. */
    readonly url: string;
    /** SHA-256 of the unpacked image, hex. */
    readonly sha256: string;
    /** Bytes of the unpacked image. */
    readonly size: number;
    readonly format: ImageFormat;
    /** Digest of the blocks that hold anything, as `ImageArtifact` finds it: spares the writer hashing holes. */
    readonly blocks?: string | undefined;
  };
  /** The disk to write; default: the only one, or the first. Example: `/dev/vda`. */
  readonly disk?: string | undefined;
}

/** Starts a kernel. */
export interface Kernel {
  readonly kind: 'kernel';
  /** Example: `http://boot.example.org/vmlinuz`. */
  readonly kernel: string;
  /** In the order in which the kernel sees them. */
  readonly initrds?: readonly string[] | undefined;
  /** The kernel's command line, one item each. Example: `['console=ttyS0,115200', 'quiet']`. */
  readonly arguments?: readonly string[] | undefined;
}

/** Goes on with another script or boot program. */
export interface Chain {
  readonly kind: 'chain';
  /** Example: `http://boot.example.org/menu.ipxe`. */
  readonly url: string;
}

/** Starts an ISO image as a disk in memory, by memdisk. Servers with BIOS only: UEFI has no memdisk. */
export interface Iso {
  readonly kind: 'iso';
  /** Example: `http://boot.example.org/cd78.iso`. */
  readonly url: string;
  /** Path of memdisk on this machine; default: Debian's, `/usr/lib/syslinux/memdisk`. */
  readonly memdisk?: string | undefined;
}

/** What a boot script starts from the network, leaving the disk alone. */
export type NetworkScript = Kernel | Chain | Iso;

/** What a boot script does. */
export type Script = FlashImage | NetworkScript;

/** Arguments of `BootScript` once their values are known. */
export interface ScriptInputs {
  readonly cloud: CloudRef;
  readonly fleet: string;
  /** The resource's name; part of the keys, so that two scripts never share an object. */
  readonly script: string;
  readonly does: Script;
  /** Put here by `check`: names the writer or memdisk that goes with it, so that a new one is a change. */
  readonly program?: string | undefined;
  readonly resourceUrn: string;
}

/** What is stored: the inputs, the objects, and their URLs. */
export interface ScriptState extends ScriptInputs {
  readonly bucket: string;
  readonly keys: readonly string[];
  readonly url: string;
  readonly urlForBlankDisk: string;
}
