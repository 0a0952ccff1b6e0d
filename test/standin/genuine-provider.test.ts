import { afterEach, expect, test, vi } from 'vitest';
import { ScalewayHttp } from '../../clouds/scaleway/http.ts';
import type { Connection } from '../../standin/resource-type.ts';
import { resourceTypes } from '../../standin/resource-types.ts';
import { difference } from '../../standin/schema/diff.ts';
import type { Values } from '../../standin/schema/fields.ts';

// What the genuine provider was seen to do, where it is not what one would expect; each line of it is one test.
const id = (digit: string): string => `${digit.repeat(8)}-0000-4000-8000-000000000000`;
const zoned = (digit: string): string => `fr-par-1/${id(digit)}`;
const zone = '/instance/v1/zones/fr-par-1';

/** A cloud that answers each request from a list, and keeps what it was asked. */
function cloud(answers: Readonly<Record<string, unknown>>): { connection: Connection; asked: string[] } {
  const asked: string[] = [];
  vi.stubGlobal('fetch', (url: string | URL, { method = 'GET', body }: RequestInit = {}) => {
    const { pathname } = new URL(String(url));
    asked.push(`${method} ${pathname}${typeof body === 'string' ? ` ${body}` : ''}`);
    const answer = answers[`${method} ${pathname}`];
    const next: unknown = Array.isArray(answer) ? answer.shift() : answer;
    const status = next === undefined ? 404 : 200;
    return Promise.resolve(new Response(JSON.stringify(next ?? { message: 'not found' }), { status }));
  });
  const http = new ScalewayHttp({ api: 'http://127.0.0.1:1', secretKey: 'key' });
  return { connection: { http, projectId: 'project', zone: 'fr-par-1' }, asked };
}

afterEach(() => vi.unstubAllGlobals());

const type = (token: string) => {
  const found = resourceTypes.get(`scaleway:${token}`);
  if (!found) throw new Error(token);
  return found;
};
const [volume, server] = [type('instance/volume:Volume'), type('instance/server:Server')];

const serverView = (state: string, more: object = {}): object => ({
  server: {
    id: id('1'),
    name: 'edge-1',
    commercial_type: 'START1-XS',
    boot_type: 'local',
    organization: 'o',
    project: 'project',
    image: null,
    volumes: {
      0: { id: id('2'), boot: false, volume_type: 'l_ssd', name: 'edge-1', size: 25e9 },
      1: { id: id('3'), boot: false, volume_type: 'l_ssd', name: 'more', size: 1e9 },
    },
    tags: [],
    state,
    protected: false,
    public_ips: [],
    dynamic_ip_required: false,
    security_group: { id: id('5') },
    ...more,
  },
});

test('another size of a local volume is an update in preview, and fails in `up`', async () => {
  const { changed, replaces } = difference(
    volume.fields,
    { type: 'l_ssd', sizeInGb: 25 },
    { type: 'l_ssd', sizeInGb: 20 },
    [],
  );
  expect({ changed, replaces }).toEqual({ changed: ['sizeInGb'], replaces: [] });
  const { connection, asked } = cloud({});
  await expect(volume.update(connection, zoned('2'), { sizeInGb: 20 }, ['sizeInGb'], {})).rejects.toThrow(
    'only block volume can be resized',
  );
  expect(asked).toEqual([]);
});

test('a volume update without a change of tags takes the tags away', async () => {
  const { connection, asked } = cloud({ [`PATCH ${zone}/volumes/${id('2')}`]: {} });
  await volume.update(connection, zoned('2'), { name: 'new', tags: ['a'] }, ['name'], {});
  await volume.update(connection, zoned('2'), { name: 'new', tags: ['a'] }, ['tags'], {});
  expect(asked.map((one) => one.slice(one.indexOf('{')))).toEqual([
    '{"name":"new","tags":[]}',
    '{"tags":["a"]}',
  ]);
});

test('another root volume is an update in place, told to the part', async () => {
  const [state, inputs] = ['2', '4'].map((digit) => ({
    bootType: 'local',
    state: 'stopped',
    type: 'START1-XS',
    rootVolume: { volumeId: zoned(digit), deleteOnTermination: false },
  }));
  expect(difference(server.fields, state ?? {}, inputs ?? {}, [])).toEqual({
    changed: ['rootVolume'],
    replaces: [],
    paths: { 'rootVolume.volumeId': false },
  });
  const { connection, asked } = cloud({
    [`GET ${zone}/servers/${id('1')}`]: serverView('stopped'),
    [`PATCH ${zone}/servers/${id('1')}`]: {},
  });
  await server.update(connection, zoned('1'), inputs ?? {}, ['rootVolume'], state ?? {});
  expect(asked.at(-1)).toContain(`{"volumes":{"0":{"id":"${id('4')}","boot":false`);
});

test('a type that the local volumes do not fit is refused in preview, unless the server is to be replaced', async () => {
  const products = {
    servers: {
      'DEV1-S': { volumes_constraint: { min_size: 0, max_size: 20e9 } },
      'DEV1-M': { volumes_constraint: { min_size: 0, max_size: 40e9 } },
    },
  };
  const { connection } = cloud({
    [`GET ${zone}/servers/${id('1')}`]: serverView('stopped'),
    [`GET ${zone}/products/servers`]: products,
  });
  const refused = async (inputs: Values): Promise<string | undefined> => {
    const found = difference(server.fields, { type: 'START1-XS' }, inputs, []);
    const replaces = server.replacesFor?.(inputs, { type: 'START1-XS' }, found.changed) ?? [];
    return await server.refusedChange?.(() => Promise.resolve(connection), zoned('1'), inputs, {
      ...found,
      replaces,
    });
  };
  expect(await refused({ type: 'DEV1-S' })).toBe(
    'cannot change server type: local volume total size does not respect type constraint, expected beteween (0GB, 20GB), got 26GB',
  );
  expect(await refused({ type: 'DEV1-M' })).toBeUndefined();
  expect(await refused({ type: 'DEV1-S', replaceOnTypeChange: true })).toBeUndefined();
});

test('a server is removed by terminate, whatever `deleteOnTermination` says; one that is off is powered on first', async () => {
  const path = `GET ${zone}/servers/${id('1')}`;
  const { connection, asked } = cloud({
    [path]: ['stopped', 'stopped', 'running', 'running'].map((state) => serverView(state)),
    [`POST ${zone}/servers/${id('1')}/action`]: {},
  });
  await server.remove(connection, zoned('1'), { rootVolume: { deleteOnTermination: false } });
  const actions = asked.filter((one) => !one.startsWith('GET'));
  expect(actions.map((one) => one.slice(one.lastIndexOf('/')))).toEqual([
    '/action {"action":"poweron"}',
    '/action {"action":"terminate"}',
  ]);
});

// A state as the genuine provider writes it, and the arguments that the program gives: nothing to do.
test.each<[string, Values, Values]>([
  [
    'block/volume:Volume',
    { name: 'edge-1', sizeInGb: 20, iops: 5000, tags: ['bootfleet'] },
    {
      iops: 5000,
      name: 'edge-1',
      projectId: 'p',
      sizeInGb: 20,
      srn: `srn://block.scw.eu/zones/fr-par-1/volumes/${id('2')}`,
      tags: ['bootfleet'],
      zone: 'fr-par-1',
    },
  ],
  [
    'instance/volume:Volume',
    { name: 'edge-1', sizeInGb: 25, type: 'l_ssd', tags: ['bootfleet'] },
    {
      migrateToSbs: false,
      name: 'edge-1',
      organizationId: 'o',
      projectId: 'p',
      serverId: id('1'),
      sizeInGb: 25,
      tags: ['bootfleet'],
      type: 'l_ssd',
      zone: 'fr-par-1',
    },
  ],
  [
    'instance/ip:Ip',
    { tags: ['bootfleet'] },
    {
      address: '127.66.0.1',
      organizationId: 'o',
      prefix: '127.66.0.1/32',
      projectId: 'p',
      reverse: '',
      serverId: id('1'),
      tags: ['bootfleet'],
      type: 'routed_ipv4',
      zone: 'fr-par-1',
    },
  ],
  [
    'instance/securityGroup:SecurityGroup',
    {
      inboundDefaultPolicy: 'drop',
      inboundRules: [{ action: 'accept', protocol: 'TCP', port: 22 }],
      name: 'edge-1234567',
      outboundDefaultPolicy: 'accept',
      tags: ['bootfleet'],
    },
    {
      description: '',
      enableDefaultSecurity: true,
      externalRules: false,
      inboundDefaultPolicy: 'drop',
      inboundRules: [{ action: 'accept', ip: '', ipRange: '', port: 22, portRange: '', protocol: 'TCP' }],
      name: 'edge-1234567',
      organizationId: 'o',
      outboundDefaultPolicy: 'accept',
      outboundRules: [],
      projectId: 'p',
      stateful: true,
      tags: ['bootfleet'],
      zone: 'fr-par-1',
    },
  ],
  [
    'instance/server:Server',
    {
      bootType: 'local',
      ipIds: [zoned('6')],
      name: 'edge-1',
      replaceOnTypeChange: true,
      rootVolume: { deleteOnTermination: false, volumeId: zoned('2') },
      securityGroupId: zoned('5'),
      state: 'stopped',
      tags: ['bootfleet'],
      type: 'START1-XS',
    },
    {
      additionalVolumeIds: [],
      bootType: 'local',
      enableDynamicIp: false,
      ipId: '',
      ipIds: [zoned('6')],
      name: 'edge-1',
      organizationId: 'o',
      placementGroupPolicyRespected: null,
      privateIps: [],
      projectId: 'p',
      protected: false,
      publicIps: [
        {
          address: '127.66.0.1',
          dynamic: false,
          family: 'inet',
          gateway: '',
          id: zoned('6'),
          netmask: '32',
          provisioningMode: 'dhcp',
        },
      ],
      replaceOnTypeChange: true,
      rootVolume: {
        boot: false,
        deleteOnTermination: false,
        name: 'edge-1',
        sbsIops: 0,
        sizeInGb: 25,
        volumeId: zoned('2'),
        volumeType: 'l_ssd',
      },
      securityGroupId: zoned('5'),
      state: 'stopped',
      tags: ['bootfleet'],
      type: 'START1-XS',
      userData: { 'cloud-init': '#cloud-config', bootfleet: '{}' },
      zone: 'fr-par-1',
    },
  ],
])('a state of %s that the genuine provider wrote has no difference', (token, inputs, state) => {
  expect(difference(type(token).fields, state, inputs, []).paths).toEqual({});
});

test('rules that are still what the state says keep its words', async () => {
  const group = type('instance/securityGroup:SecurityGroup');
  const path = `${zone}/security_groups/${id('5')}`;
  const rule = {
    protocol: 'TCP',
    direction: 'inbound',
    action: 'accept',
    ip_range: '0.0.0.0/0',
    dest_port_to: null,
    editable: true,
  };
  const { connection } = cloud({
    [`GET ${path}`]: { security_group: { tags: [] } },
    [`GET ${path}/rules`]: {
      rules: [
        { ...rule, dest_port_from: 22, position: 1 },
        { ...rule, dest_port_from: 80, position: 2 },
      ],
    },
  });
  const known = {
    inboundRules: [
      { action: 'accept', protocol: 'TCP', port: 22 },
      { action: 'accept', port: 443 },
    ],
  };
  expect((await group.read(connection, zoned('5'), known))?.['inboundRules']).toEqual([
    { action: 'accept', ip: '', ipRange: '', port: 22, portRange: '', protocol: 'TCP' },
    { action: 'accept', ip: '', ipRange: '0.0.0.0/0', port: 80, portRange: '', protocol: 'TCP' },
  ]);
});

test('the values that it writes', async () => {
  const ip = {
    id: id('6'),
    address: '127.66.0.1',
    prefix: null,
    reverse: null,
    server: { id: id('1') },
    tags: [],
  };
  const { connection } = cloud({
    [`GET ${zone}/servers/${id('1')}`]: serverView('stopped'),
    [`GET ${zone}/servers/${id('1')}/user_data`]: { user_data: ['cloud-init'] },
    [`GET ${zone}/servers/${id('1')}/user_data/cloud-init`]: 'text',
    [`GET ${zone}/volumes/${id('2')}`]: { volume: { server: { id: id('1') }, size: 25e9, tags: [] } },
    [`GET ${zone}/ips/${id('6')}`]: { ip },
    [`GET /block/v1/zones/fr-par-1/volumes/${id('2')}`]: {
      size: 1e9,
      specs: { perf_iops: 5000 },
      parent_snapshot_id: null,
    },
  });
  const read = async (token: string, digit: string): Promise<Values | undefined> =>
    await type(token).read(connection, zoned(digit), {});
  expect(await read('instance/server:Server', '1')).toMatchObject({
    ipId: '',
    ipIds: [],
    placementGroupPolicyRespected: null,
    userData: { 'cloud-init': '"text"' },
  });
  expect(await read('instance/volume:Volume', '2')).toMatchObject({ serverId: id('1') });
  expect(await read('instance/ip:Ip', '6')).toMatchObject({ prefix: '127.66.0.1/32' });
  expect(await read('block/volume:Volume', '2')).toMatchObject({
    srn: `srn://block.scw.eu/zones/fr-par-1/volumes/${id('2')}`,
  });
});
