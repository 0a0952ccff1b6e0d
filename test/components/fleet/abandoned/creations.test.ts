import * as scaleway from '@pulumiverse/scaleway';
import { beforeAll, expect, test } from 'vitest';
import * as pulumi from '@pulumi/pulumi';
import { creationsAmong } from '../../../../components/fleet/abandoned/creations.ts';
import { resourcesIn } from '../../../../components/fleet/all-registered.ts';
import { FleetSecurityGroup } from '../../../../components/server/security-group.ts';
import { Server } from '../../../../components/server/server.ts';

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    call: ({ inputs }) => inputs as Record<string, unknown>,
    newResource: ({ name, inputs }) => ({ id: name, state: inputs as Record<string, unknown> }),
  });
});

test('names addresses, disks and security groups that are missing, as the program names all resources', () => {
  const nodes = {
    servers: {
      local: new Server('local', { type: 'START1-XS' }),
      block: new Server('block', { type: 'PRO2-XS' }),
    },
    securityGroups: { edge: new FleetSecurityGroup('edge', { ports: [22] }) },
  };
  const all = resourcesIn(nodes);
  expect(creationsAmong(nodes, new Set(all.keys()))).toEqual([
    { kind: 'ip', name: 'local' },
    { kind: 'volume', name: 'local' },
    { kind: 'ip', name: 'block' },
    { kind: 'block volume', name: 'block' },
    { kind: 'security group', name: 'edge' },
  ]);
  const disks = [...all].filter(([, one]) => one instanceof scaleway.block.Volume).map(([name]) => name);
  expect(creationsAmong(nodes, new Set(disks))).toEqual([{ kind: 'block volume', name: 'block' }]);
  expect(creationsAmong(nodes, new Set(['servers.local', 'servers.local.server']))).toEqual([]);
});
