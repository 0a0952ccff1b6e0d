import * as pulumi from '@pulumi/pulumi';
import * as scaleway from '@pulumiverse/scaleway';

/** Arguments of a `FleetSecurityGroup`. */
export interface FleetSecurityGroupArgs {
  /** TCP ports that everyone may reach. Example: `[22, 80]`. */
  readonly ports: readonly number[];
  /** Example: `['bootfleet', 'fleet:demo']`. Default: none. */
  readonly tags?: readonly string[];
  /** Edits the arguments. Example: `(args) => ({ ...args, outboundDefaultPolicy: 'drop' })`. */
  readonly transform?: (args: scaleway.instance.SecurityGroupArgs) => scaleway.instance.SecurityGroupArgs;
}

/**
 * A security group that drops everything from outside but the named ports, and lets everything out.
 *
 * @example const group = new FleetSecurityGroup('edge', { ports: [22, 80] }, { provider });
 */
export class FleetSecurityGroup extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;
  readonly nodes: { readonly securityGroup: scaleway.instance.SecurityGroup };

  constructor(name: string, args: FleetSecurityGroupArgs, opts?: pulumi.ComponentResourceOptions) {
    super('bootfleet:index:FleetSecurityGroup', name, {}, opts);
    const same = (value: scaleway.instance.SecurityGroupArgs): scaleway.instance.SecurityGroupArgs => value;
    const ports = [...new Set(args.ports)].toSorted((one, other) => one - other);
    const securityGroup = new scaleway.instance.SecurityGroup(
      name,
      (args.transform ?? same)({
        inboundDefaultPolicy: 'drop',
        outboundDefaultPolicy: 'accept',
        inboundRules: ports.map((port) => ({ action: 'accept', protocol: 'TCP', port })),
        tags: [...(args.tags ?? [])],
      }),
      { parent: this },
    );
    this.nodes = { securityGroup };
    this.id = securityGroup.id;
    this.registerOutputs({ id: this.id });
  }
}
