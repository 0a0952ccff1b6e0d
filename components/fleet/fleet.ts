import * as pulumi from '@pulumi/pulumi';
import * as scaleway from '@pulumiverse/scaleway';
import type { CloudEndpoints } from '../../clouds/scaleway/endpoints.ts';
import { largestDisk } from './largest-disk.ts';
import { setting } from '../../contracts/environment.ts';
import { serverTypeNamed } from '../../clouds/scaleway/server-types.ts';
import { BootMode } from '../boot-mode/boot-mode.ts';
import type { Script } from '../boot-script/args.ts';
import { BootScript } from '../boot-script/boot-script.ts';
import { FleetStore } from '../fleet-store/fleet-store.ts';
import { ImageArtifact } from '../image-artifact/image-artifact.ts';
import type { NetworkBoot } from '../network-boot/network-boot.ts';
import { FleetSecurityGroup } from '../server/security-group.ts';
import type { Rollout } from '../rollout/rollout.ts';
import { Server } from '../server/server.ts';
import { creationsAmong } from './abandoned/creations.ts';
import { expectRegistered, resourcesIn } from './all-registered.ts';
import type { FleetArgs, FleetImageArgs, FleetServerArgs, InstalledServerArgs } from './args.ts';
import { fleetTags, groupPorts, ownTags, resourceTag } from './naming.ts';
import { refuseForeignVariables } from './foreign-variables.ts';
import { groupScripts, networkBootOf } from './network-boots.ts';
import { rolloutOf } from './rollout-of.ts';

/**
 * What is known of one server of a fleet, as an output of the stack. What it runs right now is asked by
 * `bootfleet status`: an output cannot know what an upgrade that failed left behind.
 */
export interface FleetServerOutput {
  readonly id: string;
  readonly address: string;
  readonly sshPort: number;
  readonly hostKey: string;
  /**
   * The build that was written when its disk was installed last; upgrades and refreshes do not change it. Empty without a
   * disk, and when unknown: of a machine of an earlier version's state until it is booted or installed again.
   */
  readonly installedBuild: string;
}

/** One image with the script that installs it. */
interface InstallableImage {
  readonly artifact: ImageArtifact;
  readonly script: BootScript;
}

/** The resources that a `Fleet` is made of, by name. */
export interface FleetNodes {
  readonly provider: scaleway.Provider;
  /** The bucket; made before anything is uploaded. */
  readonly store: FleetStore;
  readonly images: Readonly<Record<string, ImageArtifact>>;
  /** By image, and `<group>.boot` for groups that boot from the network. */
  readonly scripts: Readonly<Record<string, BootScript>>;
  readonly securityGroups: Readonly<Record<string, FleetSecurityGroup>>;
  readonly servers: Readonly<Record<string, Server>>;
  readonly boots: Readonly<Record<string, BootMode>>;
  readonly networkBoots: Readonly<Record<string, NetworkBoot>>;
  /** Absent without a `rollout` section. */
  readonly rollout?: Rollout;
}

/**
 * A fleet: its images in object storage, its servers booted from them, and the rollout of new builds.
 *
 * Every resource is named after what it is for (an image, a server, a group) and never after a position, so that
 * growing or shrinking a fleet touches only what comes or goes.
 *
 * @example
 * const cloud = { kind: 'scaleway', zone: 'fr-par-1', endpoint: 'local' } as const;
 * const ssh = { user: 'root', keyFile: 'keys/edge_ed25519' };
 * new Fleet('demo', {
 *   cloud,
 *   images: { edge: { img: 'images/edge.img' } },
 *   servers: [{ name: 'edge-1', group: 'edge', type: 'START1-XS', image: 'edge', ssh }],
 * }, await resolveEndpoints(cloud));
 */
export class Fleet extends pulumi.ComponentResource {
  /** By the server's name. */
  readonly servers: pulumi.Output<Record<string, FleetServerOutput>>;
  readonly nodes: FleetNodes;

  /**
   * @param endpoints where the cloud is; from `resolveEndpoints(args.cloud)`. Its keys go to the provider as secrets.
   * @throws a RunError with BF1417 when the environment would send the provider to another cloud.
   */
  constructor(
    name: string,
    args: FleetArgs,
    endpoints: CloudEndpoints,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    refuseForeignVariables(endpoints);
    super('bootfleet:index:Fleet', name, {}, opts);
    const child = { parent: this };
    const provider = scalewayProvider(name, endpoints, child);
    const store = new FleetStore(name, { cloud: args.cloud, fleet: name }, child);
    const stored = { ...child, dependsOn: store };
    const images = mapValues(args.images, (image, key) => installable(name, key, image, args, stored));
    const onCloud = { ...child, providers: { scaleway: provider } };
    const owner = ownTags(name, `${pulumi.getProject()}/${pulumi.getStack()}`);
    const groups = Object.groupBy(args.servers, ({ group }) => group);
    const securityGroups = mapValues(groups as Record<string, FleetServerArgs[]>, (servers, group) => {
      const ports = groupPorts(servers, args.rollout);
      const tags = fleetTags([...owner, resourceTag(group)], args.ttl);
      return new FleetSecurityGroup(group, { ports, tags }, onCloud);
    });
    const servers: Record<string, Server> = {};
    const boots: Record<string, BootMode> = {};
    const networkBoots: Record<string, NetworkBoot> = {};
    const scripts = groupScripts(name, args, stored);
    for (const given of args.servers) {
      const server = new Server(
        given.name,
        {
          type: given.type,
          ...(given.disk !== undefined && { disk: given.disk }),
          replaceOnTypeChange: given.replaceOnTypeChange,
          tags: fleetTags([...owner, resourceTag(given.name)], args.ttl, given.tags),
          securityGroup: valueOf(securityGroups, given.group).id,
          ...(args.transform && { transform: args.transform }),
        },
        onCloud,
      );
      servers[given.name] = server;
      if (given.networkBoot) {
        const script = valueOf(scripts, given.group);
        networkBoots[given.name] = networkBootOf(given, server, script, args, child);
      } else boots[given.name] = bootOf(given, server, valueOf(images, given.image), args, child);
    }
    const rollout = rolloutOf(name, args, { servers, boots }, child);
    this.nodes = {
      provider,
      store,
      images: mapValues(images, ({ artifact }) => artifact),
      scripts: {
        ...mapValues(images, ({ script }) => script),
        ...Object.fromEntries(Object.entries(scripts).map(([group, script]) => [`${group}.boot`, script])),
      },
      securityGroups,
      servers,
      boots,
      networkBoots,
      ...(rollout && { rollout }),
    };
    this.servers = pulumi.output(
      mapValues(servers, (server, key) => outputOf(server, boots[key] ?? valueOf(networkBoots, key))),
    );
    this.registerOutputs({ servers: this.servers });
    // Only a program that the CLI runs in a process of its own ends with that process.
    if (setting(process.env, 'PULUMI_NODEJS_MONITOR') !== undefined)
      expectRegistered(new Map([[name, this], ...resourcesIn(this.nodes)]), (missing) =>
        args.onCutOff?.(creationsAmong(this.nodes, missing)),
      );
  }
}

/**
 * One explicit provider a fleet. For the embedded cloud it gets the keys of the endpoints file, as secrets; for the
 * real one it finds them in its environment itself, so that the state holds none at all.
 */
function scalewayProvider(
  fleet: string,
  endpoints: CloudEndpoints,
  child: pulumi.ResourceOptions,
): scaleway.Provider {
  const { local, api, accessKey, secretKey, projectId, zone, region } = endpoints;
  return new scaleway.Provider(
    fleet,
    {
      // Said always: unsaid, the user's configuration file of the Scaleway tools decides.
      apiUrl: api,
      ...(local && { accessKey, secretKey: pulumi.secret(secretKey) }),
      projectId,
      zone,
      region,
    },
    child,
  );
}

function installable(
  fleet: string,
  name: string,
  { img, fs, build, checksums, signature }: FleetImageArgs,
  { cloud, servers }: FleetArgs,
  child: pulumi.CustomResourceOptions,
): InstallableImage {
  const largest = largestDisk(name, servers);
  const artifact = new ImageArtifact(
    name,
    {
      cloud,
      fleet,
      img,
      ...(fs !== undefined && { fs }),
      ...(build !== undefined && { build }),
      ...(checksums && { checksums }),
      ...(signature && { signature }),
      ...(largest !== undefined && { largest }),
    },
    child,
  );
  const does = pulumi.all([artifact.url, artifact.found]).apply(([url, { img: found }]): Script => {
    const { rawSha256: sha256, rawSize: size, rawBlocks: blocks, format } = found;
    const image = { url, sha256, size, format, ...(blocks !== undefined && { blocks }) };
    return { kind: 'flash-image', image };
  });
  const script = new BootScript(name, { cloud, fleet, does }, child);
  return { artifact, script };
}

function bootOf(
  { name, type, disk, image, boot, ssh }: InstalledServerArgs,
  server: Server,
  { artifact, script }: InstallableImage,
  { cloud }: FleetArgs,
  child: pulumi.CustomResourceOptions,
): BootMode {
  const gigabytes = disk ?? serverTypeNamed(type)?.disk;
  return new BootMode(
    name,
    {
      cloud,
      server: server.serverId,
      machine: name,
      mode: boot?.mode ?? 'ipxe-console',
      scriptUrl: script.url,
      blankDiskScriptUrl: script.urlForBlankDisk,
      image: artifact.found.apply((found) => ({
        name: image,
        sha256: found.img.rawSha256,
        bytes: found.img.rawSize,
        ...(found.img.build !== undefined && { build: found.img.build }),
      })),
      ...(gigabytes !== undefined && { diskBytes: gigabytes * 1e9 }),
      ssh: { user: ssh.user, keyFile: ssh.keyFile, ...(ssh.port !== undefined && { port: ssh.port }) },
      ...(boot?.reinstall !== undefined && { reinstall: boot.reinstall }),
      ...(boot?.waits !== undefined && { waits: boot.waits }),
    },
    { ...child, dependsOn: [artifact, server] },
  );
}

function outputOf(server: Server, boot: BootMode | NetworkBoot): pulumi.Output<FleetServerOutput> {
  const { address, sshPort, hostKey } = boot;
  const installedBuild = 'installedBuild' in boot ? boot.installedBuild.apply((build) => build ?? '') : '';
  return pulumi.output({ id: server.serverId, address, sshPort, hostKey, installedBuild });
}

function mapValues<T, U>(
  record: Readonly<Record<string, T>>,
  map: (value: T, key: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}

function valueOf<T>(record: Readonly<Record<string, T>>, key: string): T {
  const value = record[key];
  // The fleet file's loader has checked every name; this is about programs that make their own arguments.
  if (value === undefined)
    throw new pulumi.RunError(`there is no image, group or server "${key}" in this fleet`);
  return value;
}
