import type { Values } from '../../schema/fields.ts';
import { withZone } from '../../schema/values.ts';

/** A server as the instance API shows it, as far as it is used here. */
export interface ServerView {
  readonly id: string;
  readonly name: string;
  readonly commercial_type: string;
  readonly boot_type: string;
  readonly organization: string;
  readonly project: string;
  readonly image: { readonly id: string } | null;
  readonly volumes: Readonly<Record<string, VolumeView>>;
  readonly tags: readonly string[];
  readonly state: string;
  readonly protected: boolean;
  readonly public_ips: readonly PublicIpView[];
  readonly dynamic_ip_required: boolean;
  readonly security_group: { readonly id: string };
}

/** One of a server's volumes. Block volumes show neither name nor size here. */
export interface VolumeView {
  readonly id: string;
  readonly boot: boolean;
  readonly volume_type: string;
  readonly name?: string;
  readonly size?: number;
}

interface PublicIpView {
  readonly id: string;
  readonly address: string;
  readonly dynamic: boolean;
  readonly family: string;
  readonly gateway: string | null;
  readonly netmask: string;
  readonly provisioning_mode: string;
}

/** What the API says of the root volume, beside the server's own view: from the block API for block volumes. */
export interface RootVolumeSize {
  readonly name: string;
  /** Gigabytes. */
  readonly size: number;
  readonly iops: number;
}

/** The provider's words for the states in which a server rests; others stay as they are. */
export const stateWords: Readonly<Record<string, string>> = {
  running: 'started',
  stopped: 'stopped',
  'stopped in place': 'standby',
};

/** The root volume is the one in slot 0. */
export function rootVolumeOf(server: ServerView): VolumeView | undefined {
  return server.volumes['0'];
}

/**
 * The provider's outputs for a server.
 *
 * @param userData all user data, `cloud-init` among it.
 * @param known outputs and arguments in the state, for what the cloud does not tell.
 */
export function outputsOf(
  zone: string,
  server: ServerView,
  root: RootVolumeSize | undefined,
  userData: Readonly<Record<string, string>>,
  known: Values,
): Values {
  const volume = rootVolumeOf(server);
  const knownRoot = (known['rootVolume'] ?? {}) as Values;
  const ipIds = server.public_ips.filter((ip) => !ip.dynamic).map((ip) => withZone(zone, ip.id));
  return {
    additionalVolumeIds: Object.entries(server.volumes)
      .filter(([slot]) => slot !== '0')
      .map(([, { id }]) => withZone(zone, id)),
    bootType: server.boot_type,
    // The real provider does not read it back: it is in the user data.
    cloudInit: known['cloudInit'],
    enableDynamicIp: server.dynamic_ip_required,
    // A label stays a label: the cloud tells the image's id only, which changes with each of the label's versions.
    image: known['image'] ?? (server.image === null ? undefined : withZone(zone, server.image.id)),
    ipId: textOf(known['ipId']) === undefined ? '' : (ipIds[0] ?? ''),
    ipIds: textOf(known['ipId']) === undefined ? ipIds : [],
    name: server.name,
    organizationId: server.organization,
    placementGroupPolicyRespected: null,
    privateIps: [],
    projectId: server.project,
    protected: server.protected,
    publicIps: server.public_ips.map((ip) => ({
      address: ip.address,
      dynamic: ip.dynamic,
      family: ip.family,
      gateway: ip.gateway ?? '',
      id: withZone(zone, ip.id),
      netmask: ip.netmask,
      provisioningMode: ip.provisioning_mode,
    })),
    replaceOnTypeChange: known['replaceOnTypeChange'] ?? false,
    rootVolume:
      volume === undefined
        ? {}
        : {
            boot: volume.boot,
            deleteOnTermination: knownRoot['deleteOnTermination'] ?? true,
            name: volume.name ?? root?.name ?? '',
            sbsIops: root?.iops ?? 0,
            sizeInGb: root?.size ?? 0,
            volumeId: withZone(zone, volume.id),
            volumeType: volume.volume_type,
          },
    securityGroupId: withZone(zone, server.security_group.id),
    state: stateWords[server.state] ?? server.state,
    tags: server.tags,
    type: server.commercial_type,
    userData,
    zone,
  };
}

/** Left out and empty are the same. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
