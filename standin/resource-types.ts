import type { ResourceType } from './resource-type.ts';
import { blockVolume } from './resources/block-volume.ts';
import { ip } from './resources/ip.ts';
import { securityGroup } from './resources/security-group.ts';
import { server } from './resources/server/server.ts';
import { volume } from './resources/volume.ts';

/** Every resource type that the stand-in has, by token. */
export const resourceTypes: ReadonlyMap<string, ResourceType> = new Map(
  [ip, securityGroup, server, volume, blockVolume].map((type) => [type.token, type]),
);
