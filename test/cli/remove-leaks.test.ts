import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { findLeaks, type Leak } from '../../cli/find-leaks.ts';
import { removableLeaks, removeLeaks } from '../../cli/remove-leaks.ts';
import { changedSomething } from '../../cli/repair/history.ts';
import { resolveEndpoints } from '../../clouds/scaleway/endpoints.ts';
import type { CloudItem } from '../../clouds/scaleway/inventory.ts';
import { ownTags } from '../../components/fleet/naming.ts';
import { MemoryStore } from '../transfer/memory-store.ts';

const tags = ownTags('demo', 'bootfleet/local');
const item = (kind: CloudItem['kind'], id: string, own: readonly string[], server?: string): CloudItem => ({
  ...{ kind, id, name: id, tags: own },
  server,
});

test('only what carries all tags of this stack and is attached to nothing may be removed; servers first', () => {
  const others = ownTags('demo', 'bootfleet/production');
  const items = [
    item('ip', 'lost', tags),
    item('volume', 'attached', tags, 's1'),
    item('volume', 'recorded', tags),
    item('security group', 'of another stack', others),
    item('ip', 'by the fleet alone', ['fleet:demo']),
    item('server', 's1', tags),
  ];
  const state = [{ type: 't', name: 'n', id: 'fr-par-1/recorded', outputs: {} }];
  const leaks = findLeaks('demo', tags[2] ?? '', items, [], state);
  expect(leaks).toHaveLength(4);
  expect(removableLeaks(leaks, items, tags).map(({ id }) => id)).toEqual(['s1', 'lost']);
});

describe('removing', () => {
  const cloud = { kind: 'scaleway', zone: 'fr-par-1', endpoint: 'http://127.0.0.1:1' } as const;
  const owner = { project: 'bootfleet', stack: 'local' };
  const bucket: Leak = { kind: 'bucket', id: 'b', name: 'b', why: '' };
  let store: MemoryStore;
  let history: string;
  beforeEach(async () => {
    store = await MemoryStore.start();
    store.bucket = true;
    history = path.join(await mkdtemp(path.join(tmpdir(), 'bootfleet-history-')), 'local');
    for (const name of ['SCW_ACCESS_KEY', 'SCW_SECRET_KEY', 'SCW_DEFAULT_PROJECT_ID']) vi.stubEnv(name, 'x');
    vi.stubEnv('BOOTFLEET_S3_ENDPOINT', store.endpoint);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await store.close();
    await rm(path.dirname(history), { recursive: true });
  });

  const remove = async (resources: number, leaks: readonly Leak[], items: CloudItem[] = []) => {
    const whose = { cloud, endpoints: await resolveEndpoints(cloud), fleet: 'demo', owner };
    return await removeLeaks(leaks, items, whose, { stack: 'local', resources, history });
  };

  test('a bucket that stays is not said to be gone', async () => {
    store.disturb = ({ action }) =>
      action === 'DeleteBucket' ? { status: 409, code: 'BucketNotEmpty' } : undefined;
    expect(await remove(1, [bucket])).toEqual(new Set());
    store.disturb = ({ action }) =>
      action === 'DeleteBucket' ? { status: 403, code: 'AccessDenied' } : undefined;
    expect(await remove(1, [bucket])).toEqual(new Set());
    store.disturb = () => undefined;
    expect(await remove(1, [bucket])).toEqual(new Set(['b']));
    expect(store.bucket).toBe(false);
  });

  test('nothing is removed by a state that holds nothing and never held anything', async () => {
    const disk = item('volume', 'd', tags);
    const leak: Leak = { kind: 'volume', id: 'd', name: 'd', why: '' };
    await expect(remove(0, [leak], [disk])).rejects.toMatchObject({ code: 'BF2012' });
    await expect(remove(0, [bucket])).rejects.toMatchObject({ code: 'BF2012' });
    await mkdir(history);
    await writeFile(path.join(history, 'local-1.history.json'), '{"kind":"refresh","resourceChanges":{}}');
    await writeFile(path.join(history, 'local-2.history.json'), '{"kind":"upd');
    await expect(remove(0, [bucket])).rejects.toMatchObject({ code: 'BF2012' });
    expect([store.asked, store.bucket]).toEqual([[], true]);
    await writeFile(path.join(history, 'local-0.history.json'), '{"kind":"destroy","result":"failed"}');
    expect(await remove(0, [bucket])).toEqual(new Set(['b']));
  });
});

test.each([
  ['{"kind":"destroy"}', true],
  ['{"kind":"update","resourceChanges":{"create":2}}', true],
  ['{"kind":"update","resourceChanges":{"delete":1,"same":2}}', true],
  ['{"kind":"update","resourceChanges":{"same":2}}', false],
  ['{"kind":"update","resourceChanges":null}', false],
  ['{"kind":"refresh"}', false],
  ['null', false],
  ['', false],
])('whether a command made or removed something: %s', (text, did) => {
  expect(changedSomething(text)).toBe(did);
});
