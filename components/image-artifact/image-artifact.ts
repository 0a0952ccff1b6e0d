import * as pulumi from '@pulumi/pulumi';
import type { CloudRef } from '../../clouds/cloud.ts';
import { HandledResource, type ResourceKind } from '../handled-resource.ts';
import { relativePath } from '../relative-path.ts';
import type { ImageFacts } from './args.ts';

/** Arguments of an `ImageArtifact`. Paths are absolute, or relative to the project's folder. */
export interface ImageArtifactArgs {
  /** The cloud whose object storage holds the image. Example: `{ kind: 'scaleway', zone: 'fr-par-1' }`. */
  readonly cloud: CloudRef;
  /** The fleet's name; part of the bucket's. Example: `demo`. */
  readonly fleet: string;
  /** The whole-disk image for first installations: raw, gzip or zstd. Example: `images/edge-20261121_0900.img`. */
  readonly img: string;
  /** The image of one root slot, for upgrades. It stays here: upgrades send it over SSH. Example: `images/edge.fs`. */
  readonly fs?: string;
  /** The build, as its /resflash/BUILD says it. Default: from the file's name. Example: `20261121_0900`. */
  readonly build?: string;
  /** Checksum files that together are about every file. Example: `['images/edge.img.cksum', 'images/edge.fs.cksum']`. */
  readonly checksums?: readonly string[];
  /** Public key that must have signed every checksum file. Example: `{ signify: 'keys/edge.pub' }`. */
  readonly signature?: { readonly signify: string };
  /** Bytes that a packed `img` may unpack to; default 2 TiB. `Fleet` gives the largest disk. Example: `25e9`. */
  readonly largest?: number;
  /** Edits the arguments before they are used. Example: `(args) => ({ ...args, checksums: [] })`. */
  readonly transform?: (args: ImageArtifactArgs) => ImageArtifactArgs;
}

const kind: ResourceKind = {
  folder: 'image-artifact',
  name: 'ImageArtifact',
  outputs: ['found', 'bucket', 'key', 'url'],
};

/**
 * An operating-system image: inspected and verified at preview, kept in object storage under its digest.
 *
 * @example
 * const edge = new ImageArtifact('edge', { cloud, fleet: 'demo', img: 'images/edge-20261121_0900.img' });
 * export const url = edge.url;
 */
export class ImageArtifact extends HandledResource {
  /** The object's URL as reached from the servers. */
  declare readonly url: pulumi.Output<string>;
  declare readonly bucket: pulumi.Output<string>;
  declare readonly key: pulumi.Output<string>;
  /** Sizes, digests, slots, build name. Known at preview. */
  declare readonly found: pulumi.Output<ImageFacts>;
  /** Path of the slot image relative to the project, for upgrades. */
  readonly fs: pulumi.Output<string | undefined>;

  /** The underlying resources: this is one itself. */
  readonly nodes: { readonly artifact: ImageArtifact };

  constructor(name: string, args: ImageArtifactArgs, opts?: pulumi.CustomResourceOptions) {
    const { transform, ...given } = args;
    const { checksums = [], signature, ...edited } = transform ? transform(given) : given;
    const fs = edited.fs === undefined ? undefined : relativePath(edited.fs);
    super(
      kind,
      name,
      {
        ...edited,
        artifact: name,
        img: relativePath(edited.img),
        fs,
        checksums: checksums.map(relativePath),
        signature: signature && { signify: relativePath(signature.signify) },
      },
      opts,
    );
    // Not what the state says: another slot image is no change of this resource, so that the state keeps the last one's.
    this.fs = pulumi.output(fs);
    this.nodes = { artifact: this };
  }
}
