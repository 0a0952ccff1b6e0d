import type { CloudRef } from '../../clouds/cloud.ts';
import type { ImageFormat } from '../../transfer/image-format.ts';
import type { Proof } from './verify.ts';

/** Arguments of `ImageArtifact` once their values are known. Paths are absolute or relative to the project. */
export interface ImageInputs {
  readonly cloud: CloudRef;
  readonly fleet: string;
  readonly artifact: string;
  readonly img: string;
  readonly fs?: string | undefined;
  /** The build of `fs`, and of an `img` whose name does not say another. Default: from the names. */
  readonly build?: string | undefined;
  readonly checksums: readonly string[];
  readonly signature?: { readonly signify: string } | undefined;
  /** Bytes that a packed img may unpack to; default 2 TiB. */
  readonly largest?: number | undefined;
  readonly resourceUrn: string;
  /** Put here by `check`: what the files hold. */
  readonly found?: ImageFacts | undefined;
}

/** One file of an image, as found at preview. */
export interface FileFacts {
  readonly format: ImageFormat;
  /** Bytes of the file, and its SHA-256. */
  readonly size: number;
  readonly sha256: string;
  /** Bytes and SHA-256 of the unpacked content. */
  readonly rawSize: number;
  readonly rawSha256: string;
  /** Digest of the unpacked image's blocks that hold anything; absent in states of earlier versions. */
  readonly rawBlocks?: string | undefined;
  /** The build that it holds; absent when unknown (empty in states of earlier versions). */
  readonly build?: string | undefined;
}

/** One root slot in the partition table of an `img`. */
export interface SlotFacts {
  /** Disklabel letter. Example: `d`. */
  readonly letter: string;
  /** Bytes from the start of the disk. */
  readonly offset: number;
  readonly size: number;
}

/** What `check` found in the files. Only this decides whether anything changed, never a path. */
export interface ImageFacts {
  readonly img: FileFacts;
  /** Root slots for A/B upgrades; empty for an image without. */
  readonly slots: readonly SlotFacts[];
  /**
   * How far each file was proven: `signature`, `checksum` or `none`. One word in states of earlier versions, which held
   * both files proven when one was.
   */
  readonly verified: { readonly img: Proof; readonly fs?: Proof | undefined } | Proof;
}

/** What is stored: the inputs and where the object lies. */
export interface ImageState extends ImageInputs {
  readonly bucket: string;
  readonly key: string;
  readonly url: string;
}

/** Key of an image's object. Contract: docs/architecture.md, "objects". */
export function imageKey(artifact: string, img: FileFacts): string {
  const suffix = { raw: 'img', gzip: 'img.gz', zstd: 'img.zst' }[img.format];
  return `images/${artifact}/${img.sha256}.${suffix}`;
}
