import { describe, expect, test } from 'vitest';
import { checkConfig, connectionSettings, type EmbeddedCloud } from '../../standin/config.ts';
import { resourceTypes } from '../../standin/resource-types.ts';
import { creationBody, isImageLabel } from '../../standin/resources/server/creation.ts';
import { patchBody } from '../../standin/resources/server/change.ts';
import { actionsTo } from '../../standin/resources/server/power.ts';

const id = (digit: string): string => `${digit.repeat(8)}-0000-4000-8000-000000000000`;

test('the body of a creation has the keys and the order of the real provider', () => {
  const inputs = {
    name: 'edge',
    type: 'DEV1-S',
    tags: ['a'],
    rootVolume: { sizeInGb: 20, volumeType: 'l_ssd' },
  };
  expect(JSON.stringify(creationBody(inputs, 'project', id('1'), new Map()))).toBe(
    `{"name":"edge","dynamic_ip_required":false,"commercial_type":"DEV1-S","image":"${id('1')}",` +
      '"volumes":{"0":{"boot":false,"size":20000000000,"volume_type":"l_ssd"}},' +
      '"boot_type":"local","project":"project","tags":["a"]}',
  );
});

test('an existing root volume is named with its type and never with a size', () => {
  const inputs = {
    name: 'edge',
    type: 'START1-XS',
    ipIds: [`fr-par-1/${id('2')}`],
    securityGroupId: `fr-par-1/${id('3')}`,
    rootVolume: { volumeId: `fr-par-1/${id('4')}`, sizeInGb: 20 },
    additionalVolumeIds: [`fr-par-1/${id('5')}`],
  };
  const body = creationBody(inputs, 'project', undefined, new Map([[id('5'), 'sbs_volume']]));
  expect(body).toMatchObject({
    public_ips: [id('2')],
    security_group: id('3'),
    volumes: { 0: { id: id('4'), boot: false }, 1: { id: id('5'), volume_type: 'sbs_volume' } },
  });
  expect(body).not.toHaveProperty('image');
  expect(body['volumes']).not.toHaveProperty('0.size');
});

test('an existing root volume has the type that the arguments say, and none of its own', () => {
  const sent = (rootVolume: object): unknown =>
    creationBody(
      { name: 'edge', type: 'PLAY2-PICO', rootVolume },
      'p',
      undefined,
      new Map([[id('4'), 'sbs_volume']]),
    )['volumes'];
  expect(sent({ volumeId: `fr-par-1/${id('4')}` })).toEqual({ 0: { id: id('4'), boot: false } });
  expect(sent({ volumeId: id('4'), volumeType: 'sbs_volume' })).toEqual({
    0: { id: id('4'), boot: false, volume_type: 'sbs_volume' },
  });
});

test('labels of images are told from ids', () => {
  expect(isImageLabel('ubuntu_jammy')).toBe(true);
  expect(isImageLabel(id('1'))).toBe(false);
  expect(isImageLabel(`fr-par-1/${id('1')}`)).toBe(false);
});

test('a change asks for no more than what changed', () => {
  const inputs = { name: 'new', tags: ['a'], protected: true };
  expect(patchBody(inputs, ['name'], undefined)).toEqual({ name: 'new' });
  expect(patchBody({}, ['tags'], undefined)).toEqual({ tags: [] });
  expect(patchBody(inputs, [], undefined)).toEqual({});
});

test.each([
  ['started', 'running', []],
  ['started', 'stopped', ['poweron']],
  ['started', 'stopped in place', ['poweron']],
  ['stopped', 'running', ['poweroff']],
  ['stopped', 'stopped in place', ['poweroff']],
  ['standby', 'running', ['stop_in_place']],
  ['standby', 'stopped', ['poweron', 'stop_in_place']],
  ['standby', 'stopped in place', []],
])('to %s from %s', (wanted, state, actions) => {
  expect(actionsTo(wanted, state)).toEqual(actions);
});

test('block volumes grow in place and shrink by a new one', () => {
  const block = resourceTypes.get('scaleway:block/volume:Volume');
  expect(block?.replacesFor?.({ sizeInGb: 20 }, { sizeInGb: 10 }, ['sizeInGb'])).toEqual([]);
  expect(block?.replacesFor?.({ sizeInGb: 5 }, { sizeInGb: 10 }, ['sizeInGb'])).toEqual(['sizeInGb']);
});

describe('where requests go', () => {
  const cloud: EmbeddedCloud = {
    api: 'http://127.0.0.1:4000',
    secretKey: 'key',
    projectId: 'project',
    zone: 'fr-par-1',
  };

  test('to the embedded cloud, with the token that was given', () => {
    const given = { apiUrl: 'http://127.0.0.1:4000/', secretKey: 'given', zone: 'nl-ams-1' };
    expect(connectionSettings(given, {}, cloud)).toEqual({ ...cloud, secretKey: 'given', zone: 'nl-ams-1' });
    expect(connectionSettings({}, { SCW_API_URL: cloud.api, SCW_SECRET_KEY: 'env' }, cloud).secretKey).toBe(
      'env',
    );
  });

  test.each([
    {},
    { apiUrl: 'https://api.scaleway.com' },
    { apiUrl: 'http://127.0.0.1:4001' },
    { apiUrl: 'http://127.0.0.1.example.org:4000' },
    { apiUrl: 'http://127.0.0.1:4000@example.org' },
    { apiUrl: 'not a url' },
  ])('nowhere else: %j', (given) => {
    expect(() => connectionSettings(given, {}, cloud)).toThrow('BF1911');
    expect(() =>
      connectionSettings({ apiUrl: cloud.api }, { SCW_API_URL: given.apiUrl ?? 'x:' }, cloud),
    ).toThrow('BF1911');
  });

  test('a check refuses what cannot be the embedded cloud, and never shows a secret', () => {
    const problems = checkConfig(
      { apiUrl: 'https://api.scaleway.com', secretKey: 'hunter2', zone: 'paris' },
      {},
    );
    expect(problems.map((one) => one.property)).toEqual(['apiUrl', 'secretKey', 'zone']);
    expect(JSON.stringify(problems)).not.toContain('hunter2');
    expect(checkConfig({ apiUrl: 'http://127.0.0.1:1' }, {})).toEqual([]);
  });
});
