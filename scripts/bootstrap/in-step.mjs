/**
 * Whether node_modules is what package-lock.json says. Runs on the machine's own Node (18 or newer), before there is
 * anything else: no dependency, no TypeScript. Exit status 0: in step; 1: not, with the reason on standard output.
 *
 * npm writes what it installed into node_modules/.package-lock.json, in the same form as package-lock.json.
 */
import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const root = process.argv[2] ?? '.';

function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function difference() {
  const wanted = packagesIn('package-lock.json');
  const have = packagesIn('node_modules/.package-lock.json');
  if (have === undefined) return 'nothing is installed';
  for (const [path, one] of Object.entries(wanted)) {
    if (path === '') continue;
    const there = have[path];
    // Optional packages of other platforms are in the lock file, but not installed.
    if (there === undefined && one.optional) continue;
    if (there === undefined) return `${path} is missing`;
    if (there.version !== one.version || there.integrity !== one.integrity)
      return `${path} is of another version`;
  }
  for (const path of Object.keys(have)) if (!(path in wanted)) return `${path} is not in the lock file`;
  const node = wanted['node_modules/node'].version;
  try {
    const version = execFileSync(join(root, 'node_modules/.bin/node'), ['--version'], {
      encoding: 'utf8',
    }).trim();
    return version === `v${node}` ? undefined : `node_modules/.bin/node is ${version}, not v${node}`;
  } catch {
    return 'node_modules/.bin/node does not run';
  }
}

const found = difference();
if (found !== undefined) {
  console.log(found);
  process.exitCode = 1;
}
