import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { checkout } from '../setup/folders.ts';
import { type Count, countCheck, countVitest, lastLine, sum, type VitestReport } from './count.ts';
import { type FailureReport, failures } from './failures.ts';

/**
 * `npm test` after set-up: types, lint, and the test projects of vitest.config.ts; first what is quick, then what starts
 * virtual machines. Everything runs even when something fails before. At the end is said again which tests failed; the
 * last line counts.
 *
 * Arguments name the parts to run; none means all. Example: `npm test -- types unit`.
 */
const checks: Readonly<Record<string, readonly [string, ...string[]]>> = {
  types: ['tsc', '--noEmit'],
  lint: ['eslint', '.'],
  format: ['prettier', '--check', '--log-level', 'warn', '.'],
};
const known = [...Object.keys(checks), 'unit', 'machines', 'e2e'];
const wanted = process.argv.slice(2);
for (const name of wanted) {
  if (known.includes(name)) continue;
  process.stderr.write(`npm test: no part '${name}'; there are: ${known.join(', ')}\n`);
  process.exit(2);
}
const chosen = new Set(wanted.length === 0 ? known : wanted);

const counts = new Map<string, Count>();
const failed: string[] = [];
await Promise.all([runChecks(), runProjects('unit')]);
// Together, so that vitest keeps both processors busy to the end.
await runProjects('machines', 'e2e');

process.stdout.write('\n');
for (const line of failed) process.stdout.write(`failed: ${line}\n`);
for (const [name, count] of counts) process.stdout.write(`${name}: ${lastLine(count)}\n`);
const all = sum([...counts.values()]);
process.stdout.write(`${lastLine(all)}\n`);
process.exitCode = all.failed === 0 ? 0 : 1;

async function runChecks(): Promise<void> {
  for (const [name, [file, ...args]] of Object.entries(checks)) {
    if (chosen.has(name)) counts.set(name, countCheck(await run(file, args)));
  }
}

async function run(name: string, args: readonly string[]): Promise<number | undefined> {
  const { exitCode, failed: broken } = await execa(join(checkout, 'node_modules', '.bin', name), args, {
    cwd: checkout,
    stdin: 'ignore',
    stdout: 'inherit',
    stderr: 'inherit',
    reject: false,
  });
  return broken ? (exitCode ?? 1) : 0;
}

/** Runs those of the projects that were chosen, in one vitest. */
async function runProjects(...names: readonly string[]): Promise<void> {
  const projects = names.filter((name) => chosen.has(name));
  if (projects.length === 0) return;
  const folder = await mkdtemp(join(tmpdir(), 'bootfleet-report-'));
  try {
    const file = join(folder, 'report.json');
    const named = projects.flatMap((name) => ['--project', name]);
    const reports = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const status = await run('vitest', ['run', ...named, ...reports]);
    const text = await readFile(file, 'utf8').catch(() => undefined);
    const report = text === undefined ? undefined : (JSON.parse(text) as VitestReport & FailureReport);
    if (report !== undefined) failed.push(...failures(report, checkout));
    counts.set(projects.join(' and '), countVitest(report, status));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
