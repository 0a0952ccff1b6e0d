import * as pulumi from '@pulumi/pulumi';
import * as scaleway from '@pulumiverse/scaleway';
import { serverTypeNamed } from '../../clouds/scaleway/server-types.ts';
import { FleetSecurityGroup } from './security-group.ts';

/** Edits the arguments of the underlying resources before they are created; each may be left out. */
export interface ServerTransform {
  /** Example: `(args) => ({ ...args, tags: [...(args.tags ?? []), 'public'] })`. */
  readonly ip?: (args: scaleway.instance.IpArgs) => scaleway.instance.IpArgs;
  /** Example: `(args) => ({ ...args, name: 'disk-1' })`. */
  readonly disk?: (args: DiskArgs) => DiskArgs;
  /** Example: `(args) => ({ ...args, placementGroupId: group.id })`. */
  readonly server?: (args: scaleway.instance.ServerArgs) => scaleway.instance.ServerArgs;
}

/** What local and block disks have in common. */
export interface DiskArgs {
  readonly name?: pulumi.Input<string>;
  readonly sizeInGb: pulumi.Input<number>;
  readonly tags?: pulumi.Input<pulumi.Input<string>[]>;
}

/** Arguments of a `Server`. */
export interface ServerArgs {
  /** The cloud's server type; decides whether the disk is local or block storage. Example: `START1-XS`. */
  readonly type: string;
  /** Size of its blank disk in GB. Default: what the type comes with, or 20. Example: `25`. */
  readonly disk?: number;
  /** Example: `['bootfleet', 'fleet:demo']`. Default: none. */
  readonly tags?: readonly string[];
  /** TCP ports that the security group opens. Used when `securityGroup` is left out. Default: 22. Example: `[22, 80]`. */
  readonly ports?: readonly number[];
  /** A security group to share; else the server gets one of its own. Example: `group.id`. */
  readonly securityGroup?: pulumi.Input<string>;
  /** Edits the arguments of the underlying resources. Example: `{ ip: (args) => ({ ...args, type: 'routed_ipv6' }) }`. */
  readonly transform?: ServerTransform;
}

/** The resources that a `Server` is made of. */
export interface ServerNodes {
  readonly ip: scaleway.instance.Ip;
  readonly disk: scaleway.instance.Volume | scaleway.block.Volume;
  readonly server: scaleway.instance.Server;
  /** Absent when a shared one was given. */
  readonly securityGroup: scaleway.instance.SecurityGroup | undefined;
}

/**
 * What the server resource leaves alone. Power and boot type are changed by `BootMode` and by people; user data holds
 * bootfleet's note about the machine; without `state` and `bootType` here each `pulumi up` would fight the machine.
 */
const ignored = ['state', 'bootType', 'userData', 'cloudInit'];

/**
 * A server with a public address and a blank disk, switched off: `BootMode` does the first power-on, so that not a
 * byte of its first boot is missed.
 *
 * @example
 * const server = new Server('edge-1', { type: 'START1-XS' }, { provider });
 * export const address = server.address;
 */
export class Server extends pulumi.ComponentResource {
  /** The cloud's id, without the zone. */
  readonly serverId: pulumi.Output<string>;
  readonly address: pulumi.Output<string>;
  readonly nodes: ServerNodes;

  constructor(name: string, args: ServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super('bootfleet:index:Server', name, {}, opts);
    const { transform = {}, tags = [] } = args;
    const child = { parent: this };
    const same = <T>(value: T): T => value;
    const securityGroup =
      args.securityGroup === undefined
        ? new FleetSecurityGroup(name, { ports: args.ports ?? [22], tags }, child).nodes.securityGroup
        : undefined;
    const ip = new scaleway.instance.Ip(name, (transform.ip ?? same)({ tags: [...tags] }), child);
    const disk = blankDisk(name, args, child);
    const server = new scaleway.instance.Server(
      name,
      (transform.server ?? same)({
        name,
        type: args.type,
        ipIds: [ip.id],
        securityGroupId: args.securityGroup ?? securityGroup?.id ?? '',
        rootVolume: {
          volumeId: disk.id,
          deleteOnTermination: false,
          // The provider asks for a volume without a type as if it were a local one.
          ...(!hasLocalDisk(args.type) && { volumeType: 'sbs_volume' }),
        },
        tags: [...tags],
        state: 'stopped',
        bootType: 'local',
      }),
      { ...child, ignoreChanges: ignored, deleteBeforeReplace: true },
    );
    this.nodes = { ip, disk, server, securityGroup };
    this.serverId = server.id.apply((id) => id.slice(id.lastIndexOf('/') + 1));
    this.address = ip.address;
    this.registerOutputs({ serverId: this.serverId, address: this.address });
  }
}

function blankDisk(
  name: string,
  args: ServerArgs,
  child: pulumi.CustomResourceOptions,
): scaleway.instance.Volume | scaleway.block.Volume {
  const given = {
    name,
    sizeInGb: args.disk ?? serverTypeNamed(args.type)?.disk ?? 20,
    tags: [...(args.tags ?? [])],
  };
  const edited = args.transform?.disk ? args.transform.disk(given) : given;
  if (hasLocalDisk(args.type)) return new scaleway.instance.Volume(name, { ...edited, type: 'l_ssd' }, child);
  // 5000 operations a second is the smaller of the two classes that Scaleway sells.
  return new scaleway.block.Volume(name, { ...edited, iops: 5000 }, child);
}

/** Whether a server of this type has a local disk (`l_ssd`); all others have block storage. */
function hasLocalDisk(type: string): boolean {
  return serverTypeNamed(type)?.storage === 'l_ssd';
}
