import type { LocalCloud } from '../compute/local-cloud.ts';
import { adminRoutes } from './admin.ts';
import { blockSnapshotRoutes } from './block/snapshots.ts';
import { blockVolumeRoutes } from './block/volumes.ts';
import { imageRoutes } from './instance/images.ts';
import { ipRoutes } from './instance/ips.ts';
import { productRoutes } from './instance/products.ts';
import { securityGroupRuleRoutes } from './instance/security-group-rules.ts';
import { securityGroupRoutes } from './instance/security-groups.ts';
import { serverActionRoutes } from './instance/server-actions.ts';
import { serverVolumeRoutes } from './instance/server-volumes.ts';
import { serverRoutes } from './instance/servers.ts';
import { snapshotRoutes } from './instance/snapshots.ts';
import { userDataRoutes } from './instance/user-data.ts';
import { volumeRoutes } from './instance/volumes.ts';
import { localImageRoutes } from './marketplace/local-images.ts';
import type { Route } from './router.ts';

/** Everything that the embedded cloud answers to. */
export function allRoutes(cloud: LocalCloud): readonly Route[] {
  return [
    ...serverRoutes(cloud),
    ...serverActionRoutes(cloud),
    ...serverVolumeRoutes(cloud),
    ...userDataRoutes(cloud),
    ...volumeRoutes(cloud),
    ...snapshotRoutes(cloud),
    ...imageRoutes(cloud),
    ...ipRoutes(cloud),
    ...securityGroupRoutes(cloud),
    ...securityGroupRuleRoutes(cloud),
    ...productRoutes(cloud),
    ...['v1', 'v1alpha1'].flatMap((version) => [
      ...blockVolumeRoutes(cloud, version),
      ...blockSnapshotRoutes(cloud, version),
    ]),
    ...localImageRoutes(cloud),
    ...adminRoutes(cloud),
  ];
}
