import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadFleetFile } from '../../stacks/load.ts';
import { altered, fleetFolder, good } from './fleet-folder.ts';

const { folder, write, problemsOf } = fleetFolder();

describe('a good fleet file', () => {
  const loaded = () => loadFleetFile(write(good), 'test');

  test.each(['daily 02:00-04:00', 'Mon,Wed-Fri 22:00-02:00 Europe/Paris', '"02:00-04:00"'])(
    'may have the window %s',
    (window) => {
      expect(
        problemsOf(
          altered('  soak: 30s', `  windows: { times: [${window.includes(',') ? `"${window}"` : window}] }`),
        ),
      ).toEqual([]);
    },
  );

  test('gives its servers by name, with paths as written and as found', () => {
    const { servers, images, cloud, ttl, fleet } = loaded();
    expect(fleet).toBe('demo');
    expect(cloud).toEqual({ kind: 'scaleway', zone: 'fr-par-1', endpoint: 'local' });
    expect(servers.map(({ name }) => name)).toEqual(['edge-1', 'edge-2', 'edge-3']);
    expect(servers[0]).toMatchObject({
      group: 'edge',
      type: 'START1-XS',
      disk: 25,
      tags: ['demo'],
      ports: [],
    });
    expect(servers[0]?.ssh).toEqual({
      user: 'root',
      port: 22,
      key: { given: 'images/key', resolved: path.join(folder, 'images/key') },
    });
    expect(images[0]?.checksums).toEqual([
      { given: 'images/edge.fs.cksum', resolved: path.join(folder, 'images/edge.fs.cksum') },
    ]);
    expect(ttl).toBe(7200);
  });

  test('has its defaults filled in', () => {
    const text = altered('    count: 3\n', '').replace(
      / {4}boot: .*\n {4}ssh: .*\n/,
      '    ssh: { key: images/key }\n',
    );
    const { servers, rollout } = loadFleetFile(write(text.replace('[1, 50%, 100%]', '[1, 100%]')), 'test');
    expect(servers).toHaveLength(1);
    expect(servers[0]).toMatchObject({
      name: 'edge-1',
      boot: { mode: 'ipxe-console', reinstall: undefined },
      ssh: { user: 'root' },
    });
    expect(rollout).toMatchObject({ transfer: { mode: 'auto' }, lockTimeout: '15m', exclude: [] });
  });

  test('in flow style is the same file', () => {
    const flow = JSON.stringify({
      fleet: 'demo',
      cloud: { scaleway: { zone: 'fr-par-1' } },
      images: { edge: { img: 'images/edge.img' } },
      servers: { edge: { type: 'START1-XS', image: 'edge', ssh: { key: 'images/key' } } },
    });
    expect(problemsOf(flow)).toEqual([]);
  });
});
