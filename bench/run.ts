/**
 * Runs benchmarks and writes docs/benchmarks.md.
 *
 *   node bench/run.ts              every benchmark
 *   node bench/run.ts typing flash the named ones
 *   node bench/run.ts scale -- --servers 1000   one with arguments of its own
 *   node bench/run.ts scale --as scale-1000 -- --servers 1000   the same, its results kept beside the usual ones
 *   node bench/run.ts --page       only writes the page from the results at hand
 *
 * Results are kept in bench/results/, one file a benchmark, so that one can be measured again by itself.
 */
import { execa } from 'execa';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { parseFigures } from './figure.ts';
import { benchmarksPage, type Results } from './page.ts';

const here = import.meta.dirname;
const resultsFolder = join(here, 'results');
const pageFile = join(here, '..', 'docs', 'benchmarks.md');
/** Files that are part of the benchmarks' frame, not benchmarks. */
const frame = new Set(['run.ts', 'figure.ts', 'page.ts']);

const words = process.argv.slice(2);
const end = words.indexOf('--');
const own = end < 0 ? [] : words.slice(end + 1);
const { values: options, positionals: wanted } = parseArgs({
  args: end < 0 ? words : words.slice(0, end),
  options: { page: { type: 'boolean', default: false }, as: { type: 'string' } },
  allowPositionals: true,
});
if (options.as !== undefined && wanted.length !== 1)
  throw new Error('--as names the results of one benchmark; name that benchmark.');
await mkdir(resultsFolder, { recursive: true });
if (!options.page) {
  for (const name of wanted.length > 0 ? wanted : await benchmarks()) await measure(name, options.as ?? name);
}
await writePage();

async function benchmarks(): Promise<string[]> {
  const files = await readdir(here);
  return files
    .filter((file) => file.endsWith('.ts') && !frame.has(file))
    .map((file) => basename(file, '.ts'));
}

async function measure(name: string, results: string): Promise<void> {
  console.error(`${name}: measuring`);
  const run = await execa(process.execPath, [join(here, `${name}.ts`), ...own], {
    stderr: 'inherit',
    stdin: 'ignore',
  });
  const measured: Results = {
    benchmark: results,
    date: new Date().toISOString().slice(0, 10),
    machine: describeMachine(),
    figures: parseFigures(run.stdout),
  };
  await writeFile(join(resultsFolder, `${results}.json`), `${JSON.stringify(measured, null, 2)}\n`);
}

async function writePage(): Promise<void> {
  const files = (await readdir(resultsFolder)).filter((file) => file.endsWith('.json'));
  const all = await Promise.all(
    files.map(async (file) => JSON.parse(await readFile(join(resultsFolder, file), 'utf8')) as Results),
  );
  const style = await resolveConfig(pageFile);
  await writeFile(pageFile, await format(benchmarksPage(all), { ...style, parser: 'markdown' }));
  console.error(`wrote ${pageFile}`);
}

function describeMachine(): string {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${processors.length} x ${processors[0]?.model ?? 'unknown processor'}, ${memory} GiB, Node ${process.versions.node}`;
}
