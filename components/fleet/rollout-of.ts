import type * as pulumi from '@pulumi/pulumi';
import type { BootMode } from '../boot-mode/boot-mode.ts';
import { installId } from '../boot-mode/note.ts';
import { Rollout, type RolloutServer } from '../rollout/rollout.ts';
import type { SlotImageRef } from '../rollout/slot-upgrade/args.ts';
import { upgradable } from '../rollout/upgradable.ts';
import type { Server } from '../server/server.ts';
import { type FleetArgs, installedServers } from './args.ts';

/**
 * The rollout of a fleet's slot images to its servers; undefined for a fleet without a `rollout` section. Servers whose
 * image has no `fs` are installed and never upgraded, and what boots from the network has no slots.
 */
export function rolloutOf(
  name: string,
  { cloud, images, servers, rollout }: FleetArgs,
  made: {
    readonly servers: Readonly<Record<string, Server>>;
    readonly boots: Readonly<Record<string, BootMode>>;
  },
  child: pulumi.ComponentResourceOptions,
): Rollout | undefined {
  if (rollout === undefined) return undefined;
  const slotImages: Record<string, SlotImageRef> = {};
  for (const [key, { img, fs, build, checksums = [], signature }] of Object.entries(images)) {
    if (fs !== undefined)
      slotImages[key] = {
        img,
        fs,
        ...(build !== undefined && { build }),
        checksums,
        ...(signature && { signature }),
      };
  }
  const upgraded = upgradable(installedServers(servers), rollout.pins ?? {}, (image) =>
    Object.hasOwn(slotImages, image),
  );
  const members = upgraded.flatMap(({ name: server, image, boot: how, ssh }): RolloutServer[] => {
    const [boot, machine] = [made.boots[server], made.servers[server]];
    if (!boot || !machine) return [];
    const { address, sshPort, hostKey } = boot;
    const login = { user: ssh.user, keyFile: ssh.keyFile };
    return [
      {
        name: server,
        image,
        ready: boot,
        installation: installId(image, how?.reinstall),
        machine: { cloud, server: machine.serverId, address, sshPort, hostKey, ssh: login },
      },
    ];
  });
  return new Rollout(name, { servers: members, images: slotImages, policy: rollout }, child);
}
