import { randomUUID } from 'node:crypto';
import { now } from '../../compute/clock.ts';
import type { LocalCloud } from '../../compute/local-cloud.ts';
import { newSnapshot } from '../../compute/snapshots.ts';
import { snapshotLater } from '../../compute/volumes.ts';
import type { ImageRecord, ServerRecord } from '../../store/records.ts';
import { Arguments } from '../arguments.ts';
import { ownProject } from '../auth.ts';
import { collectionRoutes } from '../collection.ts';
import { notFound } from '../error.ts';
import { instanceList } from '../list-answer.ts';
import { marketplaceImages } from '../marketplace/catalogue.ts';
import { jsonBody, param, type ApiAnswer, type ApiRequest, type Route } from '../router.ts';
import { zoneOf } from '../zones.ts';
import { imageView } from './image-view.ts';

/** Images: the marketplace's and those made of snapshots. */
export function imageRoutes(cloud: LocalCloud): readonly Route[] {
  return collectionRoutes('/instance/v1/zones/:zone/images', {
    list: (request) => list(cloud, request),
    create: (request) => create(cloud, request),
    show: (request) => {
      const image = imageView(cloud, param(request, 'id'), zoneOf(request));
      if (image === undefined) throw notFound('instance_image', param(request, 'id'));
      return { status: 200, body: { image } };
    },
    remove: (request) => {
      const image = cloud.store.get('image', param(request, 'id'));
      if (image?.zone !== zoneOf(request)) throw notFound('instance_image', param(request, 'id'));
      cloud.store.commit((change) => {
        change.remove('image', image.id);
      });
      return { status: 204 };
    },
  });
}

function list(cloud: LocalCloud, request: ApiRequest): ApiAnswer {
  const zone = zoneOf(request);
  const wantsPublic = request.query.get('public');
  const own = cloud.store.list('image').filter((image) => image.zone === zone);
  const market = marketplaceImages.flatMap((image) => [image.sbsId, image.localId]);
  const ids = [
    ...(wantsPublic === 'true' ? [] : own.map((image) => image.id)),
    ...(wantsPublic === 'false' ? [] : market),
  ];
  const name = request.query.get('name');
  const views = ids
    .map((id) => imageView(cloud, id, zone) as { name: string } | undefined)
    .filter((view) => view !== undefined)
    .filter((view) => name === null || view.name.includes(name));
  return instanceList(request, '/images', views, (view) => view);
}

function create(cloud: LocalCloud, request: ApiRequest): ApiAnswer {
  const zone = zoneOf(request);
  const body = jsonBody(request);
  const projectId = ownProject(body, cloud.identity, 'instance_image');
  const fields = new Arguments(body);
  const rootSnapshotId = fields.text('root_volume', { required: true }) ?? '';
  const name = fields.text('name') ?? 'image';
  const arch = fields.oneOf('arch', ['x86_64', 'arm64', 'arm']) ?? 'x86_64';
  const extra = Object.entries(fields.object('extra_volumes') ?? {}).map(
    ([slot, value]) => [slot, idOf(value)] as const,
  );
  const image: ImageRecord = {
    ...imageOf(zone, projectId, name, rootSnapshotId, Object.fromEntries(extra)),
    arch,
    public: fields.boolean('public') ?? false,
    tags: fields.texts('tags') ?? [],
  };
  fields.check();
  for (const id of [rootSnapshotId, ...extra.map(([, snapshotId]) => snapshotId)]) {
    if (cloud.store.get('snapshot', id)?.zone !== zone) throw notFound('instance_snapshot', id);
  }
  cloud.store.commit((change) => {
    change.put('image', image);
  });
  return { status: 201, body: { image: imageView(cloud, image.id, zone) } };
}

/** `{ "id": "..." }`, as extra volumes are named. */
function idOf(value: unknown): string {
  const id = (value as { id?: unknown } | null)?.id;
  return typeof id === 'string' ? id : '';
}

/** The action `backup`: a snapshot of each volume, and an image of them. */
export function backup(cloud: LocalCloud, server: ServerRecord, name: string): void {
  const snapshots = server.volumes.flatMap(({ slot, volumeId }) => {
    const volume = cloud.store.get('volume', volumeId);
    return volume ? [{ slot, snapshot: newSnapshot(volume, `${name}_snap_${slot}`) }] : [];
  });
  const [root, ...others] = snapshots;
  if (root === undefined) return;
  const extra = Object.fromEntries(others.map(({ slot, snapshot }) => [slot, snapshot.id]));
  cloud.store.commit((change) => {
    for (const { snapshot } of snapshots) change.put('snapshot', snapshot);
    change.put('image', imageOf(server.zone, server.projectId, name, root.snapshot.id, extra));
  });
  for (const { snapshot } of snapshots) snapshotLater(cloud, snapshot.id);
}

function imageOf(
  zone: string,
  projectId: string,
  name: string,
  rootSnapshotId: string,
  extraSnapshotIds: Readonly<Record<string, string>>,
): ImageRecord {
  const at = now();
  return {
    id: randomUUID(),
    zone,
    projectId,
    name,
    tags: [],
    createdAt: at,
    updatedAt: at,
    arch: 'x86_64',
    public: false,
    rootSnapshotId,
    extraSnapshotIds,
  };
}
