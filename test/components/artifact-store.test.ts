import { expect, test } from 'vitest';
import { bucketName } from '../../components/artifact-store.ts';

test('each project, stack and fleet has a bucket of its own', () => {
  const owner = { fleet: 'demo', project: 'bootfleet', stack: 'local' };
  const names = [
    bucketName(owner, 'p'),
    bucketName({ ...owner, fleet: 'other' }, 'p'),
    bucketName({ ...owner, project: 'other' }, 'p'),
    bucketName({ ...owner, stack: 'other' }, 'p'),
    bucketName(owner, 'q'),
    bucketName({ ...owner, project: 'bootfleetlocal', stack: '' }, 'p'),
  ];
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^bootfleet-(demo|other)-[0-9a-f]{8}$/);
});
