/**
 * Runs benchmarks and writes docs/benchmarks.md.
 *
 *   node bench/run.ts              every benchmark
 *   node bench/run.ts typing flash the named ones
 *   node bench/run.ts scale -- --servers 1000   one with arguments of its own
 *   node bench/run.ts scale --as scale-1000 -- --servers 1000   the same, its results kept beside the usual ones
 *   node bench/run.ts --page       only writes the page from the results at hand
 *   node bench/run.ts stale        lists the results that are older than what they measure; status 1 when there are any
 *
 * Results are kept in bench/results/, one file a benchmark with the last run on each machine, so that one can be
 * measured again by itself.
 */
import { execa } from 'execa';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chosenAccelerator } from '../test/accelerator.ts';
import { measuredCommit } from './frame/commit.ts';
import { parseFigures } from './frame/figure.ts';
import { describeMachine } from './frame/machine.ts';
import { benches } from './frame/measured.ts';
import { record, shownResults, writePage } from './frame/results-folder.ts';

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

if (wanted[0] === 'stale') await listStale();
else {
  if (!options.page) {
    for (const bench of wanted.length > 0 ? wanted : benches) await measure(bench, options.as ?? bench);
  }
  await writePage();
}

async function measure(bench: string, benchmark: string): Promise<void> {
  if (!benches.includes(bench))
    throw new Error(`there is no benchmark ${bench}; there are: ${benches.join(', ')}`);
  console.error(`${bench}: measuring`);
  // Asked before it runs: what is changed meanwhile was not measured.
  const commit = await measuredCommit();
  const run = await execa(process.execPath, [join(import.meta.dirname, `${bench}.ts`), ...own], {
    stderr: 'inherit',
    stdin: 'ignore',
  });
  await record(benchmark, bench, {
    date: new Date().toISOString().slice(0, 10),
    machine: describeMachine(),
    versions: `Node ${process.versions.node}, machines under ${(await chosenAccelerator()).toUpperCase()}`,
    commit,
    figures: parseFigures(run.stdout),
  });
}

async function listStale(): Promise<void> {
  const lines = (await shownResults()).flatMap(({ benchmark, runs }) =>
    runs
      .filter(({ age }) => age.stale)
      .map(({ date, machine, age }) => `${benchmark} (${date}, ${machine}): ${age.text}`),
  );
  for (const line of lines) console.log(line);
  if (lines.length === 0) console.log('Nothing is stale.');
  process.exitCode = lines.length === 0 ? 0 : 1;
}
