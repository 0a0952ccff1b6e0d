import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { checkout } from '../setup/folders.ts';
import { type Count, countCheck, countVitest, lastLine, sum, type VitestReport } from './count.ts';

type Part = () => Promise<Count>;

const check =
  (file: string, ...args: string[]): Part =>
  async () =>
    countCheck(await run(file, args));
const project =
  (name: string): Part =>
  () =>
    runProject(name);
/**
 * `npm test` after set-up: types, lint and unit tests first, then what starts virtual machines. Two columns run side by
 * side in each stage, because neither fills two processors: a machine that boots under emulation uses one, and a test
 * with the real CLI waits for much of its time. Everything runs even when something fails before; the last line counts.
 *
 * Arguments name the parts to run; none means all. Example: `npm test -- types unit`.
 */
const stages: readonly (readonly Readonly<Record<string, Part>>[])[] = [
  [
    {
      types: check('tsc', '--noEmit'),
      lint: check('eslint', '.'),
      format: check('prettier', '--check', '--log-level', 'warn', '.'),
    },
    { unit: project('unit') },
  ],
  [{ machines: project('machines') }, { e2e: project('e2e') }],
];

const known = stages.flat().flatMap((column) => Object.keys(column));
const wanted = process.argv.slice(2);
for (const name of wanted) {
  if (known.includes(name)) continue;
  process.stderr.write(`npm test: no part '${name}'; there are: ${known.join(', ')}\n`);
  process.exit(2);
}

const counts = new Map<string, Count>();
for (const stage of stages) await Promise.all(stage.map(runColumn));

process.stdout.write('\n');
for (const name of known) {
  const count = counts.get(name);
  if (count !== undefined) process.stdout.write(`${name}: ${lastLine(count)}\n`);
}
const all = sum([...counts.values()]);
process.stdout.write(`${lastLine(all)}\n`);
process.exitCode = all.failed === 0 ? 0 : 1;

async function runColumn(column: Readonly<Record<string, Part>>): Promise<void> {
  for (const [name, part] of Object.entries(column)) {
    if (wanted.length === 0 || wanted.includes(name)) counts.set(name, await part());
  }
}

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
