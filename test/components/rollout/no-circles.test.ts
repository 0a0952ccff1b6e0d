import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '../../..');

/** Files that a file imports, types as well. */
function importsOf(file: string): string[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  return [...text.matchAll(/from '(\.[^']+\.ts)'/g)].map(([, to = '']) => path.join(path.dirname(file), to));
}

/** The first circle that can be reached from a file, as the files on it. */
function circleFrom(file: string, way: readonly string[], done: Set<string>): readonly string[] | undefined {
  const at = way.indexOf(file);
  if (at >= 0) return [...way.slice(at), file];
  if (done.has(file)) return undefined;
  for (const next of importsOf(file)) {
    const found = circleFrom(next, [...way, file], done);
    if (found) return found;
  }
  done.add(file);
  return undefined;
}

test('no file of the rollout imports itself by way of others', () => {
  const done = new Set<string>();
  const files = globSync(['components/rollout/**/*.ts', 'transfer/**/*.ts'], { cwd: root });
  expect(files.length).toBeGreaterThan(30);
  for (const file of files) expect(circleFrom(file, [], done)).toBeUndefined();
});
