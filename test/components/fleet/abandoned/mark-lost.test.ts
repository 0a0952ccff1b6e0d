import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CloudEndpoints } from '../../../../clouds/scaleway/endpoints.ts';
import { markLost } from '../../../../components/fleet/abandoned/mark-lost.ts';
import { ownTags, resourceTag, unrecordedTag } from '../../../../components/fleet/naming.ts';
import { startFakeApi } from '../../../clouds/scaleway/fake-api.ts';

const tags = ownTags('demo', 'bootfleet/local');
const asked = [...tags, resourceTag('edge-1')];
const zone = '/instance/v1/zones/fr-par-1';
/** What the cloud has, by the path of its list. */
let lists: Record<string, { id: string; address?: string; tags: readonly string[] }[]>;
let refuses = false;
let api: Awaited<ReturnType<typeof startFakeApi>>;
let said: string[];

beforeEach(async () => {
  lists = {};
  said = [];
  refuses = false;
  api = await startFakeApi(({ method, path }) => {
    if (refuses) return { status: 403, json: { message: 'insufficient permissions' } };
    if (method !== 'GET') return {};
    const found = lists[path] ?? [];
    return { json: { [path.split('/').at(-1) ?? '']: found, total_count: found.length } };
  });
});

afterEach(async () => {
  await api.close();
});

async function mark(before: readonly string[] = [], again = 0): Promise<readonly string[]> {
  const endpoints = { api: api.url, secretKey: 'k', projectId: 'p' } as CloudEndpoints;
  await markLost([{ kind: 'ip', name: 'edge-1' }], {
    ...{ cloud: { kind: 'scaleway', zone: 'fr-par-1', endpoint: 'local' }, endpoints, tags, again },
    before: new Set(before),
    say: (text) => said.push(text),
  });
  return api.seen.filter(({ method }) => method !== 'GET').map(({ path, body }) => `${path} ${body}`);
}

test('marks once what was made, and nothing else', async () => {
  lists[`${zone}/ips`] = [
    { id: 'a', address: '127.66.0.1', tags: asked },
    { id: 'b', address: '127.66.0.2', tags: asked },
    { id: 'c', address: '127.66.0.3', tags },
  ];
  expect(await mark(['b'])).toEqual([`${zone}/ips/a ${JSON.stringify({ tags: [...asked, unrecordedTag] })}`]);
  expect(said).toEqual([]);
});

test('finds what the cloud makes after the first look', async () => {
  const marking = mark([], 0.1);
  await expect.poll(() => api.seen.length).toBe(5);
  lists[`${zone}/ips`] = [{ id: 'a', address: '127.66.0.1', tags: asked }];
  expect(await marking).toHaveLength(1);
});

test('says that it could not look', async () => {
  refuses = true;
  expect(await mark()).toEqual([]);
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(/^BF1421: .* 1 things .*insufficient permissions/s);
});
