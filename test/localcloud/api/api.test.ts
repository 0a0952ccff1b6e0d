import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCloud, type TestCloud } from '../start-daemon.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(async () => {
  await cloud.close();
});

const disk = { 0: { size: 1_000_000_000, volume_type: 'l_ssd' } };

async function newServer(more: object = {}): Promise<string> {
  const answer = await cloud.instance('POST', '/servers', {
    name: 'one',
    commercial_type: 'START1-XS',
    volumes: disk,
    ...more,
  });
  expect(answer.status, answer.text).toBe(201);
  return (answer.body['server'] as { id: string }).id;
}

async function act(id: string, action: string): Promise<number> {
  return (await cloud.instance('POST', `/servers/${id}/action`, { action })).status;
}

describe('who may ask', () => {
  const path = '/instance/v1/zones/fr-par-1/servers';

  it('refuses a missing token and a wrong one', async () => {
    expect(await cloud.call('GET', path, undefined, null)).toMatchObject({
      status: 401,
      body: { type: 'denied_authentication', message: 'authentication is denied', method: 'api_key' },
    });
    const wrong = await cloud.call('GET', path, undefined, '11111111-1111-1111-1111-111111111111');
    expect(wrong).toMatchObject({ status: 401, body: { reason: 'not_found' } });
    expect((await cloud.call('GET', '/bootfleet/v1/status', undefined, null)).status).toBe(401);
  });

  it('refuses another project', async () => {
    const other = '22222222-2222-2222-2222-222222222222';
    const answer = await cloud.instance('POST', '/servers', { project: other, commercial_type: 'START1-XS' });
    expect(answer).toMatchObject({
      status: 403,
      body: { type: 'permissions_denied', details: [{ resource: 'instance_server', action: 'write' }] },
    });
  });

  it('knows its paths, methods and zones', async () => {
    expect((await cloud.call('GET', '/nothing/here')).status).toBe(404);
    expect((await cloud.call('DELETE', path)).status).toBe(405);
    expect((await cloud.call('GET', '/instance/v1/zones/mars-1/servers')).status).toBe(404);
  });

  it('refuses a body that is too large, and one that is no JSON', async () => {
    expect((await cloud.call('POST', path, 'x'.repeat(1024 * 1024 + 1))).status).toBe(413);
    expect(await cloud.call('POST', path, '{')).toMatchObject({
      status: 400,
      body: { type: 'invalid_arguments' },
    });
  });
});

describe('servers', () => {
  it('names every wrong argument at once', async () => {
    const answer = await cloud.instance('POST', '/servers', {
      commercial_type: 'HUGE-1',
      boot_type: 'floppy',
      tags: 'x',
    });
    expect(answer.status).toBe(400);
    const details = answer.body['details'] as { argument_name: string }[];
    expect(details.map((detail) => detail.argument_name).sort()).toEqual([
      'boot_type',
      'commercial_type',
      'tags',
    ]);
  });

  it('refuses local volumes that the type has no room for', async () => {
    const answer = await cloud.instance('POST', '/servers', {
      commercial_type: 'START1-XS',
      volumes: { 0: { size: 26_000_000_000, volume_type: 'l_ssd' } },
    });
    expect(answer).toMatchObject({ status: 400, body: { details: [{ argument_name: 'volumes' }] } });
  });

  it('lists by page, newest first, filtered', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 3; index += 1) {
      ids.push(await newServer({ name: `list-${index}`, tags: ['listed', `n${index}`] }));
    }
    const names = async (query: string): Promise<unknown> =>
      ((await cloud.instance('GET', `/servers?${query}`)).body['servers'] as { name: string }[]).map(
        ({ name }) => name,
      );
    expect(await names('tags=listed')).toEqual(['list-2', 'list-1', 'list-0']);
    expect(await names('tags=listed,n1')).toEqual(['list-1']);
    expect(await names('name=list-0')).toEqual(['list-0']);
    expect(await names('tags=listed&state=running')).toEqual([]);
    const second = await cloud.instance('GET', '/servers?tags=listed&per_page=2&page=2');
    expect(second.headers.get('x-total-count')).toBe('3');
    expect(second.body['servers']).toHaveLength(1);
    for (const id of ids) expect((await cloud.instance('DELETE', `/servers/${id}`)).status).toBe(204);
  });

  it('refuses what its state does not allow, in the words of the real one', async () => {
    const id = await newServer();
    expect(await act(id, 'reboot')).toBe(400);
    await act(id, 'poweron');
    await cloud.reached(id, 'running');
    expect(await cloud.instance('DELETE', `/servers/${id}`)).toMatchObject({
      status: 400,
      body: { precondition: 'resource_still_in_use', help_message: 'instance should be powered off' },
    });
    expect((await cloud.instance('PATCH', `/servers/${id}`, { commercial_type: 'DEV1-S' })).status).toBe(400);
    await act(id, 'terminate');
    await cloud.reached(id, 'gone');
  });

  it('refuses a second action while one is under way', async () => {
    const id = await newServer();
    await cloud.call('PUT', '/bootfleet/v1/phases', { provisioning: 600 });
    await act(id, 'poweron');
    expect(await cloud.instance('POST', `/servers/${id}/action`, { action: 'poweroff' })).toMatchObject({
      status: 409,
      body: { type: 'transient_state', current_state: 'starting' },
    });
    await cloud.call('DELETE', '/bootfleet/v1/faults');
  });
});

describe('user data', () => {
  it('keeps any bytes', async () => {
    const id = await newServer();
    const path = `/servers/${id}/user_data`;
    const missing = await cloud.instance('GET', `${path}/note`);
    expect([missing.status, missing.text]).toEqual([404, '']);
    expect((await cloud.instance('PATCH', `${path}/note`, 'a\nb ünicode')).status).toBe(204);
    expect((await cloud.instance('GET', `${path}/note`)).text).toBe('a\nb ünicode');
    expect((await cloud.instance('GET', path)).body).toEqual({ user_data: ['note'] });
    expect((await cloud.instance('DELETE', `${path}/note`)).status).toBe(204);
    expect((await cloud.instance('GET', `${path}/note`)).status).toBe(404);
    expect((await cloud.instance('PATCH', `${path}/big`, 'x'.repeat(128 * 1024 + 1))).status).toBe(400);
    await cloud.instance('DELETE', `/servers/${id}`);
  });
});

describe('what stays and what goes', () => {
  it('leaves nothing, files included, once everything is deleted', async () => {
    const before = await readdir(join(cloud.home, 'localcloud', 'volumes'));
    const ip = (await cloud.instance('POST', '/ips', {})).body['ip'] as { id: string; address: string };
    expect(ip.address).toMatch(/^127\.66\.\d+\.\d+$/);
    const id = await newServer({
      public_ips: [ip.id],
      volumes: { ...disk, 1: { size: 2_000_000_000, volume_type: 'sbs_volume' } },
    });
    const shown = (await cloud.instance('GET', `/servers/${id}`)).body['server'] as {
      volumes: Record<string, { id: string }>;
    };
    const [local, block] = [shown.volumes['0']?.id ?? '', shown.volumes['1']?.id ?? ''];
    await act(id, 'poweron');
    await cloud.reached(id, 'running');
    expect((await cloud.instance('DELETE', `/volumes/${local}`)).status).toBe(400);
    await act(id, 'terminate');
    await cloud.reached(id, 'gone');
    // Local volumes go with the server; block volumes and IPs stay, free.
    expect((await cloud.instance('GET', `/volumes/${local}`)).status).toBe(404);
    expect((await cloud.instance('GET', `/volumes/${block}`)).status).toBe(404);
    const blockPath = `/block/v1/zones/fr-par-1/volumes/${block}`;
    expect((await cloud.call('GET', blockPath)).body).toMatchObject({ status: 'available', references: [] });
    expect((await cloud.instance('GET', `/ips/${ip.id}`)).body).toMatchObject({
      ip: { server: null, state: 'detached' },
    });
    expect((await cloud.call('DELETE', blockPath)).status).toBe(204);
    expect((await cloud.instance('DELETE', `/ips/${ip.id}`)).status).toBe(204);
    expect(await readdir(join(cloud.home, 'localcloud', 'volumes'))).toEqual(before);
  });

  it('keeps volumes of a deleted server', async () => {
    const id = await newServer();
    const shown = (await cloud.instance('GET', `/servers/${id}`)).body['server'] as {
      volumes: Record<string, { id: string }>;
    };
    const volume = shown.volumes['0']?.id ?? '';
    await cloud.instance('DELETE', `/servers/${id}`);
    expect((await cloud.instance('GET', `/volumes/${volume}`)).body).toMatchObject({
      volume: { server: null },
    });
    expect((await cloud.instance('DELETE', `/volumes/${volume}`)).status).toBe(204);
  });

  it('gives each IP an address of its own, asked for all at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => cloud.instance('POST', '/ips', {})));
    const ips = answers.map((answer) => answer.body['ip'] as { id: string; address: string });
    expect(new Set(ips.map(({ address }) => address)).size).toBe(20);
    for (const { id } of ips) await cloud.instance('DELETE', `/ips/${id}`);
  });
});

describe('security groups', () => {
  it('sets all rules at once, and cannot be deleted in use', async () => {
    const group = (
      await cloud.instance('POST', '/security_groups', { name: 'edge', inbound_default_policy: 'drop' })
    ).body['security_group'] as { id: string };
    const rules = [{ protocol: 'TCP', direction: 'inbound', action: 'accept', dest_port_from: 22 }];
    const path = `/security_groups/${group.id}`;
    expect((await cloud.instance('PUT', `${path}/rules`, { rules })).body).toMatchObject({
      rules: [{ dest_port_from: 22, dest_port_to: null, position: 1, ip_range: '0.0.0.0/0', editable: true }],
    });
    const id = await newServer({ security_group: group.id });
    expect((await cloud.instance('DELETE', path)).status).toBe(400);
    await cloud.instance('DELETE', `/servers/${id}`);
    expect((await cloud.instance('DELETE', path)).status).toBe(204);
  });
});

describe('what the genuine provider sends', () => {
  const root = async (): Promise<string> => {
    const made = await cloud.call('POST', '/block/v1/zones/fr-par-1/volumes', {
      name: 'root',
      perf_iops: 5000,
      from_empty: { size: 5_000_000_000 },
    });
    const id = made.body['id'] as string;
    const path = `/block/v1/zones/fr-par-1/volumes/${id}`;
    await expect.poll(async () => (await cloud.call('GET', path)).body['status'] as string).toBe('available');
    return id;
  };
  const create = (volume: object): ReturnType<typeof cloud.instance> =>
    cloud.instance('POST', '/servers', { name: 'a', commercial_type: 'DEV1-S', volumes: { 0: volume } });

  it('a block volume is found only with its type, by POST servers and by attach-volume', async () => {
    const id = await root();
    const missing = { status: 404, body: { resource: 'instance_volume', resource_id: id } };
    expect(await create({ id, boot: false })).toMatchObject(missing);
    expect(await create({ id, volume_type: 'l_ssd' })).toMatchObject(missing);
    const made = await create({ id, volume_type: 'sbs_volume' });
    expect(made.status).toBe(201);
    const server = (made.body['server'] as { id: string }).id;
    const more = await root();
    const attach = (body: object): ReturnType<typeof cloud.instance> =>
      cloud.instance('POST', `/servers/${server}/attach-volume`, { volume_id: more, ...body });
    expect(await attach({})).toMatchObject({ status: 404, body: { resource_id: more } });
    expect((await attach({ volume_type: 'sbs_volume' })).status).toBe(200);
  });

  it('a name for a volume that exists is ignored, and a repeated POST is told that the volume is in use', async () => {
    const id = await root();
    const body = { id, volume_type: 'sbs_volume', boot: false, name: 'tf-vol-clever-name' };
    expect((await create(body)).status).toBe(201);
    const path = `/block/v1/zones/fr-par-1/volumes/${id}`;
    expect((await cloud.call('GET', path)).body).toMatchObject({ name: 'root', status: 'in_use' });
    expect(await create(body)).toMatchObject({
      status: 400,
      body: { type: 'precondition_failed', precondition: 'resource_still_in_use' },
    });
  });

  it('an off server is powered on, then terminated with its local volume; a volume without tags stays whole', async () => {
    const made = await cloud.instance('POST', '/volumes', {
      name: 'disk',
      volume_type: 'l_ssd',
      size: 2_000_000_000,
      tags: ['fleet:demo'],
    });
    const { id } = made.body['volume'] as { id: string };
    const volume = `/volumes/${id}`;
    await expect
      .poll(async () => ((await cloud.instance('GET', volume)).body['volume'] as { state: string }).state)
      .toBe('available');
    const changed = await cloud.instance('PATCH', volume, { name: 'disk', tags: [] });
    expect(changed).toMatchObject({ status: 200, body: { volume: { tags: [], size: 2_000_000_000 } } });
    const { server } = (await create({ id, boot: false, name: 'tf-vol' })).body as { server: { id: string } };
    expect(
      (await cloud.instance('POST', `/servers/${server.id}/action`, { action: 'terminate' })).status,
    ).toBe(400);
    for (const [action, end] of [
      ['poweron', 'running'],
      ['terminate', 'gone'],
    ] as const) {
      await cloud.instance('POST', `/servers/${server.id}/action`, { action });
      await cloud.reached(server.id, end);
    }
    expect((await cloud.instance('GET', volume)).status).toBe(404);
  });
});

describe('faults', () => {
  it('a request that is refused uses none up', async () => {
    await cloud.call('POST', '/bootfleet/v1/faults', { path: '*/ips', status: 503, times: 1, skip: 1 });
    for (const token of [null, 'wrong']) {
      for (let time = 0; time < 3; time += 1) {
        const path = '/instance/v1/zones/fr-par-1/ips';
        expect((await cloud.call('GET', path, undefined, token)).status).toBe(401);
      }
    }
    expect((await cloud.instance('GET', '/ips')).status).toBe(200);
    expect((await cloud.instance('GET', '/ips')).status).toBe(503);
    expect((await cloud.instance('GET', '/ips')).status).toBe(200);
  });

  const path = '/instance/v1/zones/fr-par-1/ips';

  it('answers with a status and Retry-After, as often as asked', async () => {
    const fault = { path: '*/ips', method: 'GET', status: 429, retry_after: 7, times: 1, skip: 1 };
    expect((await cloud.call('POST', '/bootfleet/v1/faults', fault)).status).toBe(201);
    expect((await cloud.call('GET', path)).status).toBe(200);
    const hit = await cloud.call('GET', path);
    expect([hit.status, hit.headers.get('retry-after')]).toEqual([429, '7']);
    expect((await cloud.call('GET', path)).status).toBe(200);
  });

  it('loses the answer of a request that was done', async () => {
    await cloud.call('POST', '/bootfleet/v1/faults', {
      path: '*/ips',
      method: 'POST',
      lost: 'after',
      times: 1,
    });
    const before = cloud.daemon.cloud.store.list('ip').length;
    await expect(cloud.call('POST', path, {})).rejects.toThrow();
    expect(cloud.daemon.cloud.store.list('ip')).toHaveLength(before + 1);
    await cloud.call('POST', '/bootfleet/v1/faults', {
      path: '*/ips',
      method: 'POST',
      lost: 'before',
      times: 1,
    });
    await expect(cloud.call('POST', path, {})).rejects.toThrow();
    expect(cloud.daemon.cloud.store.list('ip')).toHaveLength(before + 1);
    for (const { id } of cloud.daemon.cloud.store.list('ip')) await cloud.call('DELETE', `${path}/${id}`);
  });
});
