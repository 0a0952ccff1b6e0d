import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import * as scaleway from '@pulumiverse/scaleway';

/** Every resource type of the stand-in, as a user's own program would make them; test/e2e/standin/standin.test.ts runs it. */
interface Endpoints {
  readonly api: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly projectId: string;
}
const home = process.env['BOOTFLEET_HOME'] ?? '';
const cloud = JSON.parse(readFileSync(join(home, 'localcloud', 'endpoints.json'), 'utf8')) as Endpoints;
const config = new pulumi.Config('test');
const tags = [config.get('tag') ?? 'first'];

const provider = new scaleway.Provider('cloud', {
  apiUrl: config.get('api') ?? cloud.api,
  accessKey: cloud.accessKey,
  secretKey: pulumi.secret(config.get('token') ?? cloud.secretKey),
  projectId: cloud.projectId,
  zone: 'fr-par-1',
  region: 'fr-par',
});
const here = { provider };

const ip = new scaleway.instance.Ip('ip', { tags }, here);
const group = new scaleway.instance.SecurityGroup(
  'group',
  {
    inboundDefaultPolicy: 'drop',
    inboundRules: [
      { action: 'accept', protocol: 'TCP', port: 22 },
      { action: 'accept', portRange: '80-443' },
    ],
    tags,
  },
  here,
);
const disk = new scaleway.instance.Volume('disk', { type: 'l_ssd', sizeInGb: 25, tags }, here);
const data = new scaleway.block.Volume(
  'data',
  { iops: 5000, sizeInGb: config.getNumber('size') ?? 10 },
  here,
);
const blank = new scaleway.instance.Server(
  'blank',
  {
    name: 'blank',
    type: 'START1-XS',
    ipIds: [ip.id],
    securityGroupId: group.id,
    rootVolume: { volumeId: disk.id, deleteOnTermination: false },
    tags,
    state: 'stopped',
  },
  { ...here, ignoreChanges: ['state', 'bootType', 'userData'], deleteBeforeReplace: true },
);
const ready = new scaleway.instance.Server(
  'ready',
  {
    type: 'DEV1-S',
    image: 'ubuntu_jammy',
    rootVolume: { sizeInGb: 10, volumeType: 'l_ssd' },
    additionalVolumeIds: [data.id],
    userData: { greeting: 'hello' },
    state: config.get('state') ?? 'started',
    tags,
  },
  here,
);
if (config.getBoolean('wrong')) {
  new scaleway.instance.SecurityGroup('wrong', { inboundRules: [{ action: 'alow' }] }, here);
}
if (config.getBoolean('unable')) {
  new scaleway.instance.Server('unable', { type: 'DEV1-S', image: 'x', placementGroupId: 'y' }, here);
}
if (config.getBoolean('unknown')) new scaleway.iam.Application('application', {}, here);

export const blankId = blank.id;
export const blankState = blank.state;
export const readyState = ready.state;
export const readyVolume = ready.rootVolume.volumeId;
export const ipId = ip.id;
