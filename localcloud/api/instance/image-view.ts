import { instanceTime } from '../../compute/clock.ts';
import type { LocalCloud } from '../../compute/local-cloud.ts';
import type { ImageRecord } from '../../store/records.ts';
import {
  findMarketplaceImage,
  imageCreatedAt,
  imageSize,
  marketplaceOrganization,
} from '../marketplace/catalogue.ts';

/** An image as the instance API shows it, the marketplace's or a user's own; recorded. */
export function imageView(cloud: LocalCloud, id: string, zone: string): object | undefined {
  const own = cloud.store.get('image', id);
  if (own !== undefined) return own.zone === zone ? ownImageView(cloud, own) : undefined;
  const found = findMarketplaceImage(id);
  if (found === undefined) return undefined;
  const { image, local } = found;
  return {
    id: local ? image.localId : image.sbsId,
    name: image.name,
    organization: marketplaceOrganization,
    project: marketplaceOrganization,
    root_volume: local
      ? { id: image.localSnapshotId, name: image.name, volume_type: 'l_ssd', size: imageSize }
      : { volume_type: 'sbs_snapshot', id: image.sbsSnapshotId, size: 0, name: '' },
    extra_volumes: {},
    public: true,
    arch: image.arch,
    creation_date: instanceTime(imageCreatedAt),
    modification_date: instanceTime(imageCreatedAt),
    default_bootscript: null,
    from_server: '',
    state: 'available',
    tags: [],
    zone,
  };
}

function ownImageView(cloud: LocalCloud, image: ImageRecord): object {
  return {
    id: image.id,
    name: image.name,
    organization: cloud.identity.organizationId,
    project: image.projectId,
    root_volume: snapshotPart(cloud, image.rootSnapshotId),
    extra_volumes: Object.fromEntries(
      Object.entries(image.extraSnapshotIds).map(([slot, id]) => [slot, snapshotPart(cloud, id)]),
    ),
    public: image.public,
    arch: image.arch,
    creation_date: instanceTime(image.createdAt),
    modification_date: instanceTime(image.updatedAt),
    default_bootscript: null,
    from_server: '',
    state: 'available',
    tags: image.tags,
    zone: image.zone,
  };
}

function snapshotPart(cloud: LocalCloud, id: string): object | null {
  const snapshot = cloud.store.get('snapshot', id);
  if (snapshot === undefined) return null;
  return snapshot.kind === 'sbs'
    ? { volume_type: 'sbs_snapshot', id, size: 0, name: '' }
    : { id, name: snapshot.name, volume_type: 'l_ssd', size: snapshot.size };
}
