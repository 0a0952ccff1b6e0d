import path from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { resolveEndpoints } from '../../clouds/scaleway/endpoints.ts';
import type { FleetFile, FleetSsh } from '../../stacks/fleet-file.ts';
import { fleetFilePath, loadFleetFile } from '../../stacks/load.ts';
import type { CloudEndpoints } from '../../clouds/scaleway/endpoints.ts';
import { setting } from '../../contracts/environment.ts';
import { endWithEngine } from '../end-with-engine.ts';
import { withoutTrace } from '../run-error.ts';
import type { FleetArgs, FleetServerArgs, FleetSshArgs } from './args.ts';
import { replacesOnTypeChange } from '../server/type-change.ts';
import { type Checkpoint, readCheckpoint } from './abandoned/checkpoint.ts';
import { markLost } from './abandoned/mark-lost.ts';
import { removeAbandoned } from './abandoned/remove-abandoned.ts';
import { Fleet } from './fleet.ts';
import { refuseForeignVariables } from './foreign-variables.ts';
import { ownTags } from './naming.ts';
import { announcements } from './outlook/announce.ts';
import { ownResources } from './outlook/own-resources.ts';
import { untiedDisks } from './outlook/untied-disks.ts';
import { wantedMachines } from './outlook/wanted-machines.ts';
import { plainStackTraces, withShortStackTraces } from './stack-traces.ts';
import { verifyImages } from './verify-images.ts';

/**
 * Makes the fleet of the current stack from its fleet file.
 *
 * @param configured another file than stacks/<stack>.fleet.yaml, relative to the project or absolute.
 * @throws a RunError with BF1000 or BF1001 when the file is wrong, or BF14xx when the cloud cannot be found.
 */
export async function fleetFromFile(configured?: string): Promise<Fleet> {
  const stack = pulumi.getStack();
  plainStackTraces();
  // Pulumi tells its programs the engine's address this way; a program of a killed engine would wait for ever.
  const engine = setting(process.env, 'PULUMI_NODEJS_ENGINE');
  if (engine) endWithEngine(engine);
  return withoutTrace(async () => {
    const file = loadFleetFile(fleetFilePath(stack, configured), stack);
    const args = fleetArgs(file);
    await verifyImages(file.fleet, args, (artifact) => imageUrn(stack, artifact));
    const endpoints = await resolveEndpoints(args.cloud);
    refuseForeignVariables(endpoints);
    const checkpoint = await readCheckpoint(`${pulumi.getOrganization()}/${pulumi.getProject()}/${stack}`);
    refuseUntiedDisks(file.fleet, args, checkpoint);
    const onCutOff = await afterKill(file.fleet, args, endpoints, checkpoint);
    announce(file.fleet, args, checkpoint);
    const servers = args.servers.map((server) => ({
      ...server,
      replaceOnTypeChange: replacesOnTypeChange(server.type, checkpoint.servers.get(server.name)),
    }));
    return withShortStackTraces(() => new Fleet(file.fleet, { ...args, servers, onCutOff }, endpoints));
  });
}

/** @throws BF1036 with all machines that it is about. */
function refuseUntiedDisks(fleet: string, { servers }: FleetArgs, { resources }: Checkpoint): void {
  const wanted = wantedMachines(servers);
  const [error, ...more] = untiedDisks(ownResources(resources, fleet, wanted.keys()), wanted);
  for (const { message } of more) void pulumi.log.error(message);
  if (error !== undefined) throw error;
}

/** Near enough to an image artifact's URN before there is one. */
function imageUrn(stack: string, artifact: string): string {
  return `urn:pulumi:${stack}::${pulumi.getProject()}::pulumi-nodejs:dynamic/bootfleet:ImageArtifact::${artifact}`;
}

/**
 * Before anything is made: removes what a `pulumi up` before made and could not record. See docs/architecture.md,
 * "after a kill".
 *
 * @returns what to do when the program is cut off.
 */
async function afterKill(
  fleet: string,
  { cloud }: FleetArgs,
  endpoints: CloudEndpoints,
  checkpoint: Checkpoint,
): Promise<FleetArgs['onCutOff']> {
  const tags = ownTags(fleet, `${pulumi.getProject()}/${pulumi.getStack()}`);
  const dryRun = pulumi.runtime.isDryRun();
  const before = await removeAbandoned({
    ...{ cloud, endpoints, tags, checkpoint, dryRun },
    say: (severity, text) => (severity === 'info' ? pulumi.log.info(text) : pulumi.log.warn(text)),
  });
  if (dryRun) return undefined;
  // The engine takes no messages any more; what goes to standard error is shown at the stack.
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  return (unknown) => markLost(unknown, { cloud, endpoints, tags, before, say });
}

/** Says which machines are about to lose their data, before anything is made: in a preview and in an update alike. */
function announce(fleet: string, { servers }: FleetArgs, { resources }: Checkpoint): void {
  for (const text of announcements(resources, fleet, wantedMachines(servers))) void pulumi.log.warn(text);
}

/** A fleet file as arguments. Paths become relative to the project, so that checkouts do not differ. */
export function fleetArgs(file: FleetFile, project: string = process.cwd()): FleetArgs {
  const relative = ({ resolved }: { resolved: string }): string => path.relative(project, resolved);
  return {
    cloud: file.cloud,
    images: Object.fromEntries(
      file.images.map(({ name, img, fs, build, checksums, signify }) => [
        name,
        {
          img: relative(img),
          fs: fs && relative(fs),
          build,
          checksums: checksums.map(relative),
          signature: signify && { signify: relative(signify) },
        },
      ]),
    ),
    servers: file.servers.map((server): FleetServerArgs => {
      const login = ({ user, key, port }: FleetSsh): FleetSshArgs => ({ user, keyFile: relative(key), port });
      if (server.networkBoot) return { ...server, ssh: server.ssh && login(server.ssh) };
      return { ...server, ssh: login(server.ssh) };
    }),
    rollout: file.rollout,
    ttl: file.ttl,
  };
}
