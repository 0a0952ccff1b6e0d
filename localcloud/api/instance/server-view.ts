import { instanceTime } from '../../compute/clock.ts';
import type { LocalCloud } from '../../compute/local-cloud.ts';
import { allowedActions } from '../../compute/states.ts';
import type { IpRecord, ServerRecord, VolumeRecord } from '../../store/records.ts';
import { imageView } from './image-view.ts';
import { volumeView } from './volume-view.ts';

/** A server as the instance API shows it; every key as recorded from the real cloud. */
export function serverView(cloud: LocalCloud, server: ServerRecord): Readonly<Record<string, unknown>> {
  const { store, identity } = cloud;
  const volumes = server.volumes
    .map((held) => ({ held, volume: store.get('volume', held.volumeId) }))
    .filter((pair): pair is { held: typeof pair.held; volume: VolumeRecord } => pair.volume !== undefined);
  const losesVolumes =
    server.pending === 'terminate' && volumes.some(({ volume }) => volume.kind === 'l_ssd');
  const ips = server.ipIds
    .map((id) => store.get('ip', id))
    .filter((ip) => ip !== undefined)
    .map((ip, index) => publicIpView(ip, index === 0));
  const group = store.get('securityGroup', server.securityGroupId);
  return {
    id: server.id,
    name: server.name,
    arch: 'x86_64',
    commercial_type: server.commercialType,
    boot_type: server.bootType,
    organization: identity.organizationId,
    project: server.projectId,
    hostname: server.name,
    image: server.imageId === null ? null : (imageView(cloud, server.imageId, server.zone) ?? null),
    volumes: Object.fromEntries(
      volumes.map(({ held, volume }) => [
        held.slot,
        volume.kind === 'l_ssd'
          ? { boot: held.boot, ...volumeView(cloud, volume), ...(losesVolumes ? { state: 'deleting' } : {}) }
          : {
              boot: held.boot,
              volume_type: 'sbs_volume',
              id: volume.id,
              state: 'available',
              zone: volume.zone,
            },
      ]),
    ),
    tags: server.tags,
    state: server.state,
    protected: server.protected,
    state_detail: server.stateDetail,
    public_ip: ips[0] ?? null,
    public_ips: ips,
    mac_address: server.macAddress,
    routed_ip_enabled: true,
    ipv6: null,
    extra_networks: [],
    dynamic_ip_required: server.dynamicIpRequired,
    enable_ipv6: false,
    private_ip: null,
    creation_date: instanceTime(server.createdAt),
    modification_date: instanceTime(server.updatedAt),
    bootscript: null,
    security_group: { id: server.securityGroupId, name: group?.name ?? '' },
    location: server.allocated
      ? {
          zone_id: server.zone,
          platform_id: '1',
          cluster_id: '1',
          hypervisor_id: '1',
          node_id: '1',
        }
      : null,
    maintenances: [],
    allowed_actions: allowedActions(server.state, losesVolumes),
    placement_group: null,
    private_nics: [],
    zone: server.zone,
    filesystems: [],
    end_of_service: false,
    dns: `${server.id}.pub.instances.scw.cloud`,
  };
}

/** An address as its server shows it; the first is given by DHCP, the others are the guest's to set. */
function publicIpView(ip: IpRecord, first: boolean): object {
  return {
    id: ip.id,
    address: ip.address,
    dynamic: false,
    gateway: '62.210.0.1',
    netmask: '32',
    family: 'inet',
    provisioning_mode: first ? 'dhcp' : 'manual',
    tags: ip.tags,
    state: 'attached',
    ipam_id: ip.id,
  };
}
