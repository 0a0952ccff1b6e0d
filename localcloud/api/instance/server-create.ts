import { createHash, randomUUID } from 'node:crypto';
import { now } from '../../compute/clock.ts';
import type { LocalCloud } from '../../compute/local-cloud.ts';
import { newVolume } from '../../compute/volumes.ts';
import type { AttachedVolume, SecurityGroupRecord, ServerRecord, VolumeRecord } from '../../store/records.ts';
import { ownProject } from '../auth.ts';
import { invalidArgument, notFound, preconditionFailed } from '../error.ts';
import { findMarketplaceImage, imageSize } from '../marketplace/catalogue.ts';
import { jsonBody, type ApiAnswer, type ApiRequest } from '../router.ts';
import { zoneOf } from '../zones.ts';
import { serverTypes, typesOf } from './products.ts';
import { defaultSecurityGroup } from './security-groups.ts';
import {
  localStorageProblem,
  parseServerRequest,
  type ServerRequest,
  type VolumeRequest,
} from './server-request.ts';
import { serverView } from './server-view.ts';

/** The root disk's origin. */
interface ImageSource {
  readonly imageId: string | null;
  readonly name: string;
  readonly kind: 'l_ssd' | 'sbs';
  readonly size: number;
  readonly snapshotId: string | null;
}

/** `POST /servers`: the server is there, switched off, with its disks. */
export async function createServer(cloud: LocalCloud, request: ApiRequest): Promise<ApiAnswer> {
  const zone = zoneOf(request);
  const body = jsonBody(request);
  const projectId = ownProject(body, cloud.identity, 'instance_server');
  const wanted = parseServerRequest(body, Object.keys(typesOf(cloud)));
  const image = imageSource(cloud, zone, wanted);
  const volumes = wantedVolumes(wanted, image).map((volume) => ({
    request: volume,
    ...volumeRecord(cloud, zone, projectId, volume, image),
  }));
  checkSizes(
    wanted,
    volumes.map(({ record }) => record),
  );
  for (const ipId of wanted.publicIps) checkIp(cloud, zone, ipId);
  const group =
    wanted.securityGroup === undefined
      ? defaultSecurityGroup(cloud, zone)
      : cloud.store.get('securityGroup', wanted.securityGroup);
  if (group?.zone !== zone) throw notFound('instance_security_group', wanted.securityGroup ?? '');

  const server = await storeWithDisks(cloud, { zone, projectId, wanted, image, group, volumes });
  return {
    status: 201,
    body: { server: serverView(cloud, server) },
    headers: { Location: `/instance/v1/zones/${zone}/servers/${server.id}` },
  };
}

/** Everything that a new server is made of. */
interface NewServer {
  readonly zone: string;
  readonly projectId: string;
  readonly wanted: ServerRequest;
  readonly image: ImageSource | undefined;
  readonly group: SecurityGroupRecord;
  readonly volumes: readonly {
    readonly request: VolumeRequest;
    readonly record: VolumeRecord;
    /** New with the server: its disk is staged. */
    readonly fresh: boolean;
  }[];
}

/** Makes the new disks and writes the server down that has them; when either fails, nothing of both is left. */
async function storeWithDisks(cloud: LocalCloud, parts: NewServer): Promise<ServerRecord> {
  const fresh = parts.volumes.filter((volume) => volume.fresh).map(({ record }) => record);
  let server: ServerRecord;
  try {
    // Files first, as unfinished ones: a killed daemon's next start takes them away.
    for (const record of fresh) {
      const parent = record.parentSnapshotId;
      const copyOf = parent !== null && cloud.store.get('snapshot', parent) ? parent : undefined;
      await cloud.disks.stage(record.id, record.size, copyOf);
    }
    server = storeServer(cloud, parts);
  } catch (thrown) {
    for (const record of fresh) await cloud.disks.remove(record.id);
    throw thrown;
  }
  // The server counts from here on: what fails now takes nothing away. The daemon's next start gives staged disks their names.
  for (const record of fresh) cloud.disks.publish(record.id);
  return server;
}

/** Writes a server down with all that belongs to it, in one transaction. */
function storeServer(
  cloud: LocalCloud,
  { zone, projectId, wanted, image, group, volumes }: NewServer,
): ServerRecord {
  const at = now();
  const id = randomUUID();
  const server: ServerRecord = {
    id,
    zone,
    projectId,
    name: wanted.name,
    tags: wanted.tags,
    createdAt: at,
    updatedAt: at,
    commercialType: wanted.commercialType,
    bootType: wanted.bootType,
    imageId: image?.imageId ?? null,
    volumes: volumes.map(({ request: volume, record }): AttachedVolume => ({
      slot: volume.slot,
      volumeId: record.id,
      boot: volume.boot,
    })),
    ipIds: wanted.publicIps,
    securityGroupId: group.id,
    macAddress: macAddressOf(id),
    dynamicIpRequired: wanted.dynamicIpRequired,
    protected: wanted.protected,
    state: 'stopped',
    stateDetail: '',
    allocated: false,
    pending: null,
    userData: {},
  };
  // Checked again: the disks took a moment, and IPs and volumes may have been given away in it.
  for (const ipId of wanted.publicIps) checkIp(cloud, zone, ipId);
  for (const { record, fresh } of volumes) if (!fresh) checkUnattached(cloud, record.id, record.kind);
  cloud.store.commit((change) => {
    change.put('server', server);
    for (const { record } of volumes) {
      const attached = { serverId: id, referenceId: randomUUID(), attachedAt: at, updatedAt: at };
      change.put('volume', { ...record, ...attached, status: 'available' });
    }
    for (const ipId of wanted.publicIps) {
      const ip = cloud.store.get('ip', ipId);
      if (ip) change.put('ip', { ...ip, serverId: id, updatedAt: at });
    }
  });
  return server;
}

function imageSource(cloud: LocalCloud, zone: string, wanted: ServerRequest): ImageSource | undefined {
  if (wanted.image === undefined) return undefined;
  const market = findMarketplaceImage(wanted.image);
  if (market !== undefined) {
    const { image, local } = market;
    return {
      imageId: local ? image.localId : image.sbsId,
      name: image.name,
      kind: local ? 'l_ssd' : 'sbs',
      size: imageSize,
      snapshotId: local ? image.localSnapshotId : image.sbsSnapshotId,
    };
  }
  const own = cloud.store.get('image', wanted.image);
  const root = own && cloud.store.get('snapshot', own.rootSnapshotId);
  if (own?.zone !== zone || root === undefined) {
    throw invalidArgument('image', 'constraint', `there is no image ${wanted.image} in ${zone}`);
  }
  return { imageId: own.id, name: own.name, kind: root.kind, size: root.size, snapshotId: root.id };
}

/** The volumes asked for; the root volume comes with the image when nobody speaks of it. */
function wantedVolumes(wanted: ServerRequest, image: ImageSource | undefined): readonly VolumeRequest[] {
  if (wanted.volumes.some((volume) => volume.slot === '0')) return wanted.volumes;
  if (image === undefined && wanted.volumes.length === 0) {
    throw invalidArgument('image', 'required', 'an image or a root volume is required');
  }
  const root: VolumeRequest = {
    slot: '0',
    id: undefined,
    name: undefined,
    kind: undefined,
    size: undefined,
    iops: undefined,
    snapshotId: undefined,
    boot: false,
  };
  return image === undefined ? wanted.volumes : [root, ...wanted.volumes];
}

function volumeRecord(
  cloud: LocalCloud,
  zone: string,
  projectId: string,
  volume: VolumeRequest,
  image: ImageSource | undefined,
): { readonly record: VolumeRecord; readonly fresh: boolean } {
  if (volume.id !== undefined) {
    const record = checkUnattached(cloud, volume.id, volume.kind);
    if (record.zone !== zone) throw notFound('instance_volume', volume.id);
    return { record, fresh: false };
  }
  const root = volume.slot === '0' ? image : undefined;
  const kind = volume.kind ?? root?.kind ?? 'l_ssd';
  const snapshot =
    volume.snapshotId === undefined ? undefined : cloud.store.get('snapshot', volume.snapshotId);
  if (volume.snapshotId !== undefined && snapshot?.status !== 'available') {
    throw notFound('instance_snapshot', volume.snapshotId);
  }
  const least = snapshot?.size ?? root?.size;
  const size = volume.size ?? least;
  if (size === undefined) {
    throw invalidArgument(`volumes.${volume.slot}.size`, 'required', 'the size of a new volume is required');
  }
  if (
    least !== undefined &&
    size < least &&
    (snapshot !== undefined || cloud.store.get('image', image?.imageId ?? ''))
  ) {
    throw invalidArgument(`volumes.${volume.slot}.size`, 'constraint', `must be at least ${least}`);
  }
  const suffix = kind === 'sbs' ? `_sbs_volume_${volume.slot}` : '';
  const record = newVolume({
    zone,
    projectId,
    name: volume.name ?? `${root?.name ?? 'volume'}${suffix}`,
    kind,
    size,
    ...(volume.iops === undefined ? {} : { iops: volume.iops }),
    parentSnapshotId: snapshot?.id ?? root?.snapshotId ?? null,
  });
  return { record, fresh: true };
}

function checkSizes(wanted: ServerRequest, volumes: readonly VolumeRecord[]): void {
  const type = serverTypes[wanted.commercialType];
  if (type === undefined) return;
  const local = volumes.filter((volume) => volume.kind === 'l_ssd').map((volume) => volume.size);
  const problem = localStorageProblem(type, wanted.commercialType, local);
  if (problem !== undefined) throw invalidArgument('volumes', 'constraint', problem);
}

function checkIp(cloud: LocalCloud, zone: string, ipId: string): void {
  const ip = cloud.store.get('ip', ipId);
  if (ip?.zone !== zone) throw notFound('instance_ip', ipId);
  if (ip.serverId !== null)
    throw preconditionFailed('resource_still_in_use', 'the IP is attached to a server');
}

/**
 * A volume that can be attached.
 *
 * @param kind what the request says that it is. The instance API finds volumes of block storage only when it is told
 *   that they are some (`volume_type: sbs_volume`); without a word it means its own.
 */
export function checkUnattached(
  cloud: LocalCloud,
  volumeId: string,
  kind: VolumeRecord['kind'] = 'l_ssd',
): VolumeRecord {
  const volume = cloud.store.get('volume', volumeId);
  if (volume?.status !== 'available' || volume.kind !== kind) throw notFound('instance_volume', volumeId);
  if (volume.serverId !== null)
    throw preconditionFailed('resource_still_in_use', 'the volume is attached to a server');
  return volume;
}

/** `de:00:` as the real cloud's, then 32 bits of the id: two servers of one machine are not likely to share it. */
function macAddressOf(id: string): string {
  const hash = createHash('sha256').update(id).digest('hex');
  return ['de', '00', ...[0, 2, 4, 6].map((at) => hash.slice(at, at + 2))].join(':');
}
