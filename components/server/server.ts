import * as pulumi from '@pulumi/pulumi';
import * as scaleway from '@pulumiverse/scaleway';
import { serverTypeNamed } from '../../clouds/scaleway/server-types.ts';
import { hasLocalDisk, replacesOnTypeChange } from './type-change.ts';
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
  /**
   * Whether another type makes another server, and not the same one with its disk. A server with a local disk, before
   * or after, cannot change in place. Default: whether the type has a local disk. Example: `true`.
   */
  readonly replaceOnTypeChange?: boolean | undefined;
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
    // What `transform` makes of the type is known once the disk is there, whose id it is given.
    const type = Promise.withResolvers<pulumi.Input<string>>();
    const disk = blankDisk(name, args, pulumi.output(type.promise), child);
    const given = (transform.server ?? same)({
      name,
      type: args.type,
      replaceOnTypeChange: args.replaceOnTypeChange ?? replacesOnTypeChange(args.type),
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
    });
    type.resolve(given.type);
    const server = new scaleway.instance.Server(name, given, {
      ...child,
      ignoreChanges: ignored,
      // To the provider another root volume is a change in place, which the cloud refuses.
      replaceOnChanges: ['rootVolume.volumeId'],
      deleteBeforeReplace: true,
    });
    this.nodes = { ip, disk, server, securityGroup };
    this.serverId = server.id.apply((id) => id.slice(id.lastIndexOf('/') + 1));
    this.address = ip.address;
    this.registerOutputs({ serverId: this.serverId, address: this.address });
  }
}

/**
 * A local disk is replaced whenever its server is: the provider removes a server by terminating it, and the cloud then
 * removes its local volumes. What replaces a server is another type; another disk replaces it by its id.
 *
 * @param serverType the type that the server gets.
 */
function blankDisk(
  name: string,
  args: ServerArgs,
  serverType: pulumi.Output<string>,
  child: pulumi.CustomResourceOptions,
): scaleway.instance.Volume | scaleway.block.Volume {
  const given = {
    name,
    sizeInGb: args.disk ?? serverTypeNamed(args.type)?.disk ?? 20,
    tags: [...(args.tags ?? [])],
  };
  const edited = args.transform?.disk ? args.transform.disk(given) : given;
  if (hasLocalDisk(args.type)) {
    // To the provider another size is a change in place, which it then finds impossible.
    const opts = { ...child, replaceOnChanges: ['sizeInGb'], replacementTrigger: serverType };
    return new scaleway.instance.Volume(name, { ...edited, type: 'l_ssd' }, opts);
  }
  // 5000 operations a second is the smaller of the two classes that Scaleway sells.
  return new scaleway.block.Volume(name, { ...edited, iops: 5000 }, child);
}
