import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { placeOf } from '../../../scripts/test/longest-first.ts';
import { checkout } from '../../../scripts/setup/folders.ts';

test('every file that is begun early is there, and comes before the others', () => {
  const source = readFileSync(join(checkout, 'scripts/test/longest-first.ts'), 'utf8');
  const named = [...source.matchAll(/'(test\/.*\.test\.ts)'/g)].map(([, path]) => path ?? '');
  expect(named.length).toBeGreaterThan(1);
  expect(named.filter((path) => !existsSync(join(checkout, path)))).toEqual([]);
  const places = named.map((path) => placeOf(join('/anywhere', path)));
  expect(places).toEqual(named.map((_, index) => index));
  const others = globSync('test/e2e/**/*.test.ts', { cwd: checkout }).filter((path) => !named.includes(path));
  for (const path of others) expect(placeOf(path)).toBe(named.length);
});
