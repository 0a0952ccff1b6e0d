import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describe as told } from '../../../cli/repair/describe.ts';
import { clearPending, decidePending, pendingCreates } from '../../../cli/repair/pending-creates.ts';
import { stateFiles } from '../../../cli/repair/state-file.ts';
import type { CloudItem } from '../../../clouds/scaleway/inventory.ts';
import { ownTags } from '../../../components/fleet/naming.ts';

const tags = ownTags('demo', 'bootfleet/local');
const later = new Date('2026-11-21T10:02:00Z');
const creating = (type: string, name?: string): object => ({
  type: 'creating',
  resource: {
    urn: `urn:pulumi:local::bootfleet::x$${type}::edge-1`,
    type,
    inputs: { ...(name && { name }) },
  },
});
const server = 'scaleway:instance/server:Server';
const disk = 'scaleway:instance/volume:Volume';
const boot = 'pulumi-nodejs:dynamic/bootfleet:BootMode';
const updating = { type: 'updating', resource: { urn: 'u', type: server, id: 'x' } };
const state = (...operations: object[]): string =>
  JSON.stringify({
    version: 3,
    checkpoint: {
      stack: 's',
      latest: {
        manifest: { time: '2026-11-21T10:00:00Z' },
        resources: [{ urn: 'r', id: 'fr-par-1/a' }],
        pending_operations: operations,
      },
    },
  });
const item = (kind: CloudItem['kind'], id: string, more: Partial<CloudItem> = {}): CloudItem => ({
  kind,
  id,
  name: 'edge-1',
  tags,
  server: undefined,
  ...more,
});
const cleared = (text: string, items: readonly CloudItem[]): string[] =>
  decidePending(text, items, tags, later).clear.map(({ type }) => type);

test('a creation that made nothing is cleared, one that made something stays for the next `pulumi up`', () => {
  const text = state(creating(server, 'edge-1'), creating(disk, 'edge-1'));
  expect(cleared(text, [])).toEqual([server, disk]);
  expect(cleared(text, [item('volume', 'b')])).toEqual([server]);
  expect(decidePending(text, [item('volume', 'b')], tags, later).keep[0]?.why).toContain('volume edge-1 (b)');
});

test('what the cloud may still be making stays; a server is found without a trace', () => {
  const text = state(creating(server, 'edge-1'), creating(disk, 'edge-1'), creating(boot));
  const { clear } = decidePending(text, [], tags, new Date('2026-11-21T10:01:59Z'));
  expect(clear.map(({ type }) => type)).toEqual([server, boot]);
});

test('what the state has, what another stack made and what has another name is not what it made', () => {
  const text = state(creating(disk, 'edge-1'));
  const others = [
    item('volume', 'a'),
    item('volume', 'b', { tags: ownTags('demo', 'other/local') }),
    item('volume', 'c', { name: 'edge-2' }),
    item('server', 'd'),
  ];
  expect(cleared(text, others)).toEqual([disk]);
});

test('what looks before it acts is cleared; what cannot be looked for stays, and so do other operations', () => {
  const text = state(creating(boot), creating('random:index/id:Id'), updating);
  expect(pendingCreates(text)).toHaveLength(2);
  expect(cleared(text, [])).toEqual([boot]);
});

test('clears them in the file, and nothing else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bootfleet-pending-'));
  try {
    const [file, previous] = [join(folder, 'local.json'), join(folder, 'local.json.bak')];
    const before = state(creating(boot), creating('random:index/id:Id'), updating);
    await writeFile(file, before);
    await clearPending(file, previous, decidePending(before, [], tags, later).clear);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(
      JSON.parse(state(creating('random:index/id:Id'), updating)),
    );
    expect(await readFile(previous, 'utf8')).toBe(before);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('says what is cleared and why something stays', () => {
  const pending = decidePending(
    state(creating(server, 'edge-1'), creating(disk, 'edge-1')),
    [item('volume', 'b')],
    tags,
    later,
  );
  const lines = told(
    'local',
    stateFiles('/s', { project: 'bootfleet', stack: 'local' }),
    { content: { time: '', resources: 1 } },
    {},
    true,
    {
      locks: [],
      processes: [],
      pending,
    },
  );
  expect(lines).toContain(
    'A command that was ended has begun to make what is not there: scaleway:instance/server:Server::edge-1.',
  );
  expect(lines.find((line) => line.startsWith('Stays pending'))).toContain('volume edge-1 (b)');
});
