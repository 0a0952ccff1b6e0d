import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { expect, test } from 'vitest';
import { benches } from '../../bench/frame/measured.ts';
import { smallest } from './smallest-sizes.ts';

const root = path.join(import.meta.dirname, '../..');
/** Types are gone when a program runs. */
const typesOnly = /^(?:import|export) type [^;]*;/gm;
const pattern = /(?:\sfrom\s+|^import\s+|\bimport\(\s*)'([^'\n]+)'/gm;

/** A file and all files of ours that it imports, with what each imports from elsewhere. */
function imported(file: string, found = new Map<string, string[]>()): Map<string, string[]> {
  if (found.has(file)) return found;
  const text = readFileSync(path.join(root, file), 'utf8').replaceAll(typesOnly, '');
  const names = [...text.matchAll(pattern)].map(([, name = '']) => name);
  found.set(file, names.filter((name) => !name.startsWith('.')));
  for (const name of names)
    if (/^\..*\.ts$/.test(name)) imported(path.join(path.dirname(file), name), found);
  return found;
} // prettier-ignore

test('benchmarks are plain programs: nothing that they import needs a test runner', () => {
  const files = globSync('bench/**/*.ts', { cwd: root });
  expect(files.length).toBeGreaterThan(20);
  const found = new Map<string, string[]>();
  for (const file of files) imported(file, found);
  expect([...found.keys()]).toContain('test/e2e/harness/stack.ts');
  const dependencies = new Set(Object.keys((JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { dependencies: object }).dependencies));
  const allowed = (name: string): boolean =>
    name.startsWith('node:') || builtinModules.includes(name) || name.startsWith('bootfleet/') ||
    [...dependencies, 'prettier'].some((one) => name === one || name.startsWith(`${one}/`));
  const needs = [...found].flatMap(([file, names]) => names.filter((name) => !allowed(name)).map((name) => `${file}: ${name}`));
  expect(needs).toEqual([]);
}); // prettier-ignore

test('every file of bench/ but run.ts is a benchmark that is known, and runs in its smallest size in `npm test`', () => {
  const files = globSync('bench/*.ts', { cwd: root }).map((file) => path.basename(file, '.ts'));
  const names = files.filter((name) => name !== 'run').toSorted();
  expect([...benches].toSorted()).toEqual(names);
  expect(Object.keys(smallest).toSorted()).toEqual(names);
});
