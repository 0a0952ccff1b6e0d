import * as pulumi from '@pulumi/pulumi';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CloudEndpoints } from '../../../clouds/scaleway/endpoints.ts';
import type {
  FleetArgs,
  FleetServerArgs,
  InstalledServerArgs,
  NetworkServerArgs,
} from '../../../components/fleet/args.ts';
import { resourcesIn } from '../../../components/fleet/all-registered.ts';
import { parseUrn } from '../../../components/resource-urn.ts';
import { Fleet } from '../../../components/fleet/fleet.ts';

/** What a program registered with the mocked engine. */
interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
  readonly provider: string;
}

let registered: Registered[] = [];

beforeEach(async () => {
  registered = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, provider }) => {
        registered.push({ type, name, inputs: inputs as Record<string, unknown>, provider: provider ?? '' });
        const zoned = type.startsWith('scaleway:') ? `fr-par-1/${name}-id` : `${name}-id`;
        const state = { ...(inputs as object), ...outputsOf(type, name) };
        return { id: zoned, state };
      },
      call: () => ({}),
    },
    'bootfleet',
    'test',
    false,
  );
});

// What a test left under way would meet the next test's engine.
afterEach(() => pulumi.runtime.disconnect());

/** What the state of a machine says that was installed. */
let installed: string | undefined = 'b1';

function outputsOf(type: string, name: string): object {
  if (type.endsWith('ImageArtifact')) {
    return {
      url: `http://storage/${name}.img`,
      found: {
        img: {
          format: 'raw',
          size: 1,
          sha256: 'a'.repeat(64),
          rawSize: 1,
          rawSha256: 'a'.repeat(64),
          build: 'b1',
        },
        slots: [],
        verified: 'none',
      },
    };
  }
  if (type.endsWith('BootScript'))
    return { url: 'http://storage/boot/x.ipxe', urlForBlankDisk: 'http://storage/y' };
  if (type.endsWith('BootMode'))
    return {
      address: '127.66.0.1',
      sshPort: 22,
      build: 'b2',
      installedBuild: installed,
      slot: 'd',
      hostKey: 'k',
    };
  return {};
}

const endpoints: CloudEndpoints = {
  local: true,
  api: 'http://127.0.0.1:1',
  console: 'ws://127.0.0.1:1',
  s3: { endpoint: 'http://127.0.0.1:2', endpointFromServers: 'http://169.254.42.2:2', region: 'fr-par' },
  accessKey: 'SCW00000000000000000',
  secretKey: 'very-secret',
  projectId: 'project',
  zone: 'fr-par-1',
  region: 'fr-par',
  portOffset: 0,
};

function server(name: string, more: Partial<InstalledServerArgs> = {}): FleetServerArgs {
  return {
    name,
    group: 'edge',
    type: 'START1-XS',
    image: 'edge',
    ssh: { user: 'root', keyFile: 'keys/edge_ed25519' },
    ...more,
  };
}

function args(servers: readonly FleetServerArgs[], more: Partial<FleetArgs> = {}): FleetArgs {
  return {
    cloud: { kind: 'scaleway', zone: 'fr-par-1', endpoint: 'local' },
    images: { edge: { img: 'images/edge.img' } },
    servers,
    ...more,
  };
}

/** The value of an output once the program is done. */
function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}

async function make(servers: readonly FleetServerArgs[], more: Partial<FleetArgs> = {}): Promise<Fleet> {
  const fleet = new Fleet('demo', args(servers, more), endpoints);
  await valueOf(fleet.servers);
  return fleet;
}

const ofType = (suffix: string): Registered[] => registered.filter(({ type }) => type.endsWith(suffix));

describe('a fleet', () => {
  test('makes an address, a blank disk, a server and a boot for each server, and the rest once', async () => {
    await make([server('edge-1'), server('edge-2'), server('edge-3')]);
    const counts = (suffix: string): number => ofType(suffix).length;
    expect({
      ip: counts('instance/ip:Ip'),
      volume: counts('instance/volume:Volume'),
      server: counts('instance/server:Server'),
      boot: counts('bootfleet:BootMode'),
      image: counts('bootfleet:ImageArtifact'),
      script: counts('bootfleet:BootScript'),
      group: counts('instance/securityGroup:SecurityGroup'),
      provider: counts('pulumi:providers:scaleway'),
      store: counts('bootfleet:FleetStore'),
    }).toEqual({
      ip: 3,
      volume: 3,
      server: 3,
      boot: 3,
      image: 1,
      script: 1,
      group: 1,
      provider: 1,
      store: 1,
    });
  });

  test('has its store in the state before anything is uploaded', async () => {
    const networkBoot = {
      script: { kind: 'iso', url: 'http://boot.example.org/cd.iso' },
      proof: { kind: 'console', pattern: 'login: ' },
    } as const;
    const live = { name: 'live-1', group: 'live', type: 'START1-XS', networkBoot };
    await make([server('edge-1'), live]);
    const at = (suffix: string): number[] =>
      registered.flatMap(({ type }, index) => (type.endsWith(suffix) ? [index] : []));
    const [store = NaN] = at('bootfleet:FleetStore');
    const uploads = [...at('bootfleet:ImageArtifact'), ...at('bootfleet:BootScript')];
    expect(uploads).toHaveLength(3);
    expect(uploads.filter((index) => index < store)).toEqual([]);
    const [made] = ofType('bootfleet:FleetStore');
    expect(made?.inputs).toMatchObject({ fleet: 'demo', cloud: { zone: 'fr-par-1' } });
  });

  test('names everything after what it is for, so that growing touches nothing that was there', async () => {
    await make([server('edge-1'), server('edge-2')]);
    const before = registered;
    registered = [];
    await make([server('edge-1'), server('edge-2'), server('edge-3')]);
    const identity = ({ type, name, inputs }: Registered): string => JSON.stringify([type, name, inputs]);
    const after = new Set(registered.map(identity));
    expect(before.map(identity).filter((one) => !after.has(one))).toEqual([]);
    expect(ofType('instance/server:Server').map(({ name }) => name)).toEqual(['edge-1', 'edge-2', 'edge-3']);
  });

  test('creates servers switched off, on their blank disk, with the tags by which they are found again', async () => {
    await make([server('edge-1', { tags: ['blue'] })], { ttl: 7200 });
    const [made] = ofType('instance/server:Server');
    expect(made?.inputs).toMatchObject({
      name: 'edge-1',
      type: 'START1-XS',
      state: 'stopped',
      bootType: 'local',
      rootVolume: { volumeId: 'fr-par-1/edge-1-id' },
      tags: ['bootfleet', 'fleet:demo', 'stack:bootfleet/test', 'resource:edge-1', 'ttl:7200s', 'blue'],
    });
    expect(ofType('instance/volume:Volume')[0]?.inputs).toMatchObject({ type: 'l_ssd', sizeInGb: 25 });
  });

  test('opens SSH, the ports of the health checks, and those asked for', async () => {
    const health = [
      { http: { path: '/health' } },
      { tcp: { port: 8080 } },
      { metadata: { state: 'booted' } },
    ];
    await make([server('edge-1', { ports: [443] })], { rollout: { health } });
    const [group] = ofType('instance/securityGroup:SecurityGroup');
    expect(group?.inputs).toMatchObject({
      inboundDefaultPolicy: 'drop',
      inboundRules: [22, 80, 443, 8080].map((port) => ({ action: 'accept', protocol: 'TCP', port })),
    });
  });

  test('gives BootMode the id without its zone, the script, and the facts of the image', async () => {
    await make([server('edge-1', { boot: { reinstall: 'again' } })]);
    expect(ofType('bootfleet:BootMode')[0]?.inputs).toMatchObject({
      server: 'edge-1-id',
      machine: 'edge-1',
      scriptUrl: 'http://storage/boot/x.ipxe',
      diskBytes: 25e9,
      reinstall: 'again',
      image: { name: 'edge', sha256: 'a'.repeat(64), bytes: 1, build: 'b1' },
    });
  });

  test('sends the secret key to the provider as a secret, and to no other resource at all', async () => {
    const fleet = await make([server('edge-1')]);
    expect(await pulumi.isSecret(fleet.nodes.provider.secretKey)).toBe(true);
    const others = registered.filter(({ type }) => type !== 'pulumi:providers:scaleway');
    expect(JSON.stringify(others)).not.toContain(endpoints.secretKey);
  });

  test('says to the provider where the real cloud is, which a configuration file would say else, and no keys', async () => {
    const cloud = { kind: 'scaleway', zone: 'fr-par-1' } as const;
    const there = { ...endpoints, local: false, api: 'https://api.scaleway.com' };
    await valueOf(new Fleet('demo', args([server('edge-1')], { cloud }), there).servers);
    const [provider] = ofType('pulumi:providers:scaleway');
    const { projectId, zone, region } = there;
    expect(provider?.inputs).toEqual({ apiUrl: there.api, projectId, zone, region });
  });

  test('uses block storage for types that have no local disk', async () => {
    await make([server('edge-1', { type: 'PLAY2-PICO', disk: 30 })]);
    expect(ofType('block/volume:Volume')[0]?.inputs).toMatchObject({ sizeInGb: 30, iops: 5000 });
    expect(ofType('instance/volume:Volume')).toEqual([]);
  });

  test.each([
    ['PLAY2-PICO', 'sbs_volume'],
    ['START1-XS', undefined],
  ])('says that the root volume of %s is %s', async (type, volumeType) => {
    await make([server('edge-1', { type })]);
    const root = ofType('instance/server:Server')[0]?.inputs['rootVolume'] as object;
    expect(root).toEqual({
      volumeId: 'fr-par-1/edge-1-id',
      deleteOnTermination: false,
      ...(volumeType !== undefined && { volumeType }),
    });
  });

  test('lets `transform` edit the underlying resources', async () => {
    const transform = { server: (given: object) => ({ ...given, type: 'DEV1-S', protected: true }) };
    await make([server('edge-1')], { transform });
    expect(ofType('instance/server:Server')[0]?.inputs).toMatchObject({ type: 'DEV1-S', protected: true });
  });

  test('boots the groups that ask for it from the network: one script a group, no image, no wave', async () => {
    const networkBoot: NetworkServerArgs['networkBoot'] = {
      script: { kind: 'iso', url: 'http://boot.example.org/cd.iso' },
      proof: { kind: 'console', pattern: 'login: ' },
    };
    const live = (name: string): NetworkServerArgs => ({
      name,
      group: 'live',
      type: 'START1-XS',
      networkBoot,
    });
    const fleet = await make([server('edge-1'), live('live-1'), live('live-2')], { rollout: {} });
    const scripts = ofType('bootfleet:BootScript').toSorted((a, b) => a.name.localeCompare(b.name));
    expect(scripts.map(({ name }) => name)).toEqual(['edge', 'live.boot']);
    expect(scripts[1]?.inputs).toMatchObject({ does: networkBoot.script });
    expect(ofType('bootfleet:BootMode').map(({ name }) => name)).toEqual(['edge-1']);
    const boots = ofType('bootfleet:NetworkBoot');
    expect(boots.map(({ name }) => name)).toEqual(['live-1', 'live-2']);
    expect(boots[0]?.inputs).toMatchObject({ server: 'live-1-id', proof: networkBoot.proof, within: 420 });
    const groups = ofType('instance/securityGroup:SecurityGroup');
    expect(groups.find(({ name }) => name === 'live')?.inputs).toMatchObject({ inboundRules: [] });
    expect(Object.keys(fleet.nodes.networkBoots)).toEqual(['live-1', 'live-2']);
    const other = { ...networkBoot, script: { kind: 'chain', url: 'http://x/y' } } as const;
    expect(
      () => new Fleet('x', args([live('live-1'), { ...live('live-2'), networkBoot: other }]), endpoints),
    ).toThrow(/live-2 boots another script/);
  });

  test('names every resource that it makes, so that none is missed when the program ends', async () => {
    const images = { edge: { img: 'images/edge.img', fs: 'images/edge.fs' } };
    const servers = [server('edge-1'), server('edge-2', { type: 'PLAY2-PICO' })];
    const fleet = await make(servers, { images, rollout: { waves: [1, '100%'] } });
    const urns = [...resourcesIn(fleet.nodes).values()].map(({ urn }) => valueOf(urn));
    const found = (await Promise.all(urns)).map(parseUrn).map(({ types, name }) => `${types.at(-1)} ${name}`);
    const made = registered.map(({ type, name }) => `${type} ${name}`);
    expect(found.toSorted()).toEqual(made.filter((one) => one !== 'bootfleet:index:Fleet demo').toSorted());
    expect(made.filter((one) => one.includes(':WaveGate '))).toHaveLength(3);
  });

  test('has the outputs of each server by name, and its nodes', async () => {
    const fleet = await make([server('edge-1')]);
    expect(await valueOf(fleet.servers)).toEqual({
      'edge-1': { id: 'edge-1-id', address: '127.66.0.1', sshPort: 22, hostKey: 'k', installedBuild: 'b1' },
    });
    expect(Object.keys(fleet.nodes.boots)).toEqual(['edge-1']);
  });

  test('says nothing of what was installed where a state of an earlier version does not tell', async () => {
    installed = undefined;
    try {
      const fleet = await make([server('edge-1')]);
      expect(await valueOf(fleet.servers)).toMatchObject({ 'edge-1': { installedBuild: '' } });
    } finally {
      installed = 'b1';
    }
  });
});
