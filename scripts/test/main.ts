import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { checkout } from '../setup/folders.ts';
import { type Count, countCheck, countVitest, lastLine, sum, type VitestReport } from './count.ts';

/**
 * `npm test` after set-up: types, lint, then the test projects one after the other (two that start virtual machines
 * at once would only slow each other down). Everything runs even when something fails before; the last line counts.
 *
 * Arguments name the parts to run; none means all. Example: `npm test -- types unit`.
 */
const checks: Readonly<Record<string, readonly [string, ...string[]]>> = {
  types: ['tsc', '--noEmit'],
  lint: ['eslint', '.'],
  format: ['prettier', '--check', '--log-level', 'warn', '.'],
};
const projects = ['unit', 'machines', 'e2e'];

const known = [...Object.keys(checks), ...projects];
const wanted = process.argv.slice(2);
for (const name of wanted) {
  if (known.includes(name)) continue;
  process.stderr.write(`npm test: no part '${name}'; there are: ${known.join(', ')}\n`);
  process.exit(2);
}
const chosen = wanted.length === 0 ? known : wanted;

const counts = new Map<string, Count>();
for (const [name, [file, ...args]] of Object.entries(checks)) {
  if (chosen.includes(name)) counts.set(name, countCheck(await run(file, args)));
}
for (const project of projects) {
  if (chosen.includes(project)) counts.set(project, await runProject(project));
}

process.stdout.write('\n');
for (const [name, count] of counts) process.stdout.write(`${name}: ${lastLine(count)}\n`);
const all = sum([...counts.values()]);
process.stdout.write(`${lastLine(all)}\n`);
process.exitCode = all.failed === 0 ? 0 : 1;

async function run(name: string, args: readonly string[]): Promise<number | undefined> {
  const { exitCode, failed } = await execa(join(checkout, 'node_modules', '.bin', name), args, {
    cwd: checkout,
    stdin: 'ignore',
    stdout: 'inherit',
    stderr: 'inherit',
    reject: false,
  });
  return failed ? (exitCode ?? 1) : 0;
}

async function runProject(project: string): Promise<Count> {
  const folder = await mkdtemp(join(tmpdir(), 'bootfleet-report-'));
  try {
    const file = join(folder, 'report.json');
    const args = [
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ];
    const status = await run('vitest', args);
    const text = await readFile(file, 'utf8').catch(() => undefined);
    return countVitest(text === undefined ? undefined : (JSON.parse(text) as VitestReport), status);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
