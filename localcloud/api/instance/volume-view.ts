import { instanceTime } from '../../compute/clock.ts';
import type { LocalCloud } from '../../compute/local-cloud.ts';
import type { VolumeRecord } from '../../store/records.ts';

/** A local volume as the instance API shows it; recorded. */
export function volumeView(cloud: LocalCloud, volume: VolumeRecord): object {
  const server = volume.serverId === null ? undefined : cloud.store.get('server', volume.serverId);
  return {
    id: volume.id,
    name: volume.name,
    volume_type: 'l_ssd',
    export_uri: null,
    organization: cloud.identity.organizationId,
    project: volume.projectId,
    server: server === undefined ? null : { id: server.id, name: server.name },
    size: volume.size,
    state: volume.status === 'creating' ? 'fetching' : volume.status,
    creation_date: instanceTime(volume.createdAt),
    modification_date: instanceTime(volume.updatedAt),
    tags: volume.tags,
    zone: volume.zone,
  };
}
