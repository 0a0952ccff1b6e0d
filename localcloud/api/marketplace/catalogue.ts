/**
 * The images of the embedded marketplace. Labels, names and ids are the real cloud's (recorded), so that programs
 * which name them work; their disks are empty here. bootfleet writes the disk itself.
 */
export interface MarketplaceImage {
  readonly label: string;
  readonly name: string;
  readonly arch: string;
  /** Id for a root volume on block storage. */
  readonly sbsId: string;
  readonly sbsSnapshotId: string;
  /** Id for a root volume on the server's own disks. */
  readonly localId: string;
  readonly localSnapshotId: string;
}

/** Size of an image's disk when nobody asks for another one, in bytes. */
export const imageSize = 10_000_000_000;

/** Organization that owns the images; recorded. */
export const marketplaceOrganization = '51b656e3-4865-41e8-adbc-0c45bdd780db';

/** When the images were made; recorded. */
export const imageCreatedAt = '2026-05-12T15:20:10.934226Z';

export const marketplaceImages: readonly MarketplaceImage[] = [
  {
    label: 'ubuntu_focal',
    name: 'Ubuntu 20.04 Focal Fossa',
    arch: 'x86_64',
    sbsId: 'fc4d4e26-849d-4e03-b933-cb1626ca8cad',
    sbsSnapshotId: 'dacec4bb-03fd-4723-ac85-7d8ca6ca83a7',
    localId: '36c33107-449a-474c-8823-bbd00ba6b35d',
    localSnapshotId: '2e13c99b-1e76-4c12-8cac-9cb245a34837',
  },
  {
    label: 'ubuntu_jammy',
    name: 'Ubuntu 22.04 Jammy Jellyfish',
    arch: 'x86_64',
    sbsId: '4481c662-2357-432f-b0fd-dd6470c08c49',
    sbsSnapshotId: 'c75ef419-9a29-4fda-bd73-5de42af425b0',
    localId: '5c1f4fb1-1b5a-4b7a-9d3e-6a1c8e1f0a21',
    localSnapshotId: '5c1f4fb1-1b5a-4b7a-9d3e-6a1c8e1f0a22',
  },
  {
    label: 'debian_bookworm',
    name: 'Debian Bookworm',
    arch: 'x86_64',
    sbsId: '5c1f4fb1-1b5a-4b7a-9d3e-6a1c8e1f0b21',
    sbsSnapshotId: '5c1f4fb1-1b5a-4b7a-9d3e-6a1c8e1f0b22',
    localId: '5c1f4fb1-1b5a-4b7a-9d3e-6a1c8e1f0b23',
    localSnapshotId: '5c1f4fb1-1b5a-4b7a-9d3e-6a1c8e1f0b24',
  },
];

/** An image and which of its two kinds an id or label means; a label means block storage, as on the real cloud. */
export function findMarketplaceImage(
  idOrLabel: string,
): { readonly image: MarketplaceImage; readonly local: boolean } | undefined {
  for (const image of marketplaceImages) {
    if (idOrLabel === image.sbsId || idOrLabel === image.label) return { image, local: false };
    if (idOrLabel === image.localId) return { image, local: true };
  }
  return undefined;
}
