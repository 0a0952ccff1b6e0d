import { isDeepStrictEqual } from 'node:util';
import * as pulumi from '@pulumi/pulumi';
import { BootScript } from '../boot-script/boot-script.ts';
import { NetworkBoot } from '../network-boot/network-boot.ts';
import type { Server } from '../server/server.ts';
import type { FleetArgs, NetworkServerArgs } from './args.ts';

/** The scripts of the groups that boot from the network, by group. One script serves all servers of a group. */
export function groupScripts(
  fleet: string,
  { cloud, servers }: FleetArgs,
  child: pulumi.CustomResourceOptions,
): Record<string, BootScript> {
  const scripts: Record<string, BootScript> = {};
  const given: Record<string, NetworkServerArgs['networkBoot']['script']> = {};
  for (const { name, group, networkBoot } of servers) {
    if (!networkBoot) continue;
    const { script: does } = networkBoot;
    const first = given[group];
    if (first !== undefined && !isDeepStrictEqual(first, does))
      throw new pulumi.RunError(
        `${name} boots another script than the other servers of its group "${group}"`,
      );
    given[group] = does;
    // Images have a script of their own name each, and no dot in it.
    scripts[group] ??= new BootScript(`${group}.boot`, { cloud, fleet, does }, child);
  }
  return scripts;
}

/** What brings one server up from the network. */
export function networkBootOf(
  { name, networkBoot, ssh }: NetworkServerArgs,
  server: Server,
  script: BootScript,
  { cloud }: FleetArgs,
  child: pulumi.CustomResourceOptions,
): NetworkBoot {
  const { mode, proof, within, restart, waits } = networkBoot;
  return new NetworkBoot(
    name,
    {
      cloud,
      server: server.serverId,
      machine: name,
      scriptUrl: script.url,
      proof,
      ...(mode !== undefined && { mode }),
      ...(within !== undefined && { within }),
      ...(restart !== undefined && { restart }),
      ...(waits !== undefined && { waits }),
      ...(ssh && {
        ssh: { user: ssh.user, keyFile: ssh.keyFile, ...(ssh.port !== undefined && { port: ssh.port }) },
      }),
    },
    { ...child, dependsOn: [script, server] },
  );
}
