import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { checkout } from '../../scripts/setup/folders.ts';
import { changedSince } from './commit.ts';
import { measuredBy } from './measured.ts';
import { benchmarksPage, type Shown } from './page.ts';
import { withRun, type Results, type Run } from './results.ts';
import { ageOf } from './stale.ts';

/** Where results are kept; logs of campaigns too. */
export const resultsFolder = join(checkout, 'bench', 'results');
const pageFile = join(checkout, 'docs', 'benchmarks.md');

/** Keeps a run in the place of the earlier one on this machine. */
export async function record(benchmark: string, bench: string, run: Run): Promise<void> {
  await mkdir(resultsFolder, { recursive: true });
  const known = (await allResults()).find((one) => one.benchmark === benchmark);
  const results = withRun(known ?? { benchmark, bench, runs: [] }, run);
  await writeFile(join(resultsFolder, `${benchmark}.json`), `${JSON.stringify(results, null, 2)}\n`);
}

/** All results, each run with how it stands to the code of this checkout. */
export async function shownResults(): Promise<readonly Shown[]> {
  return Promise.all(
    (await allResults()).map(async (results) => ({
      ...results,
      runs: await Promise.all(
        results.runs.map(async (run) => ({
          ...run,
          age: ageOf(run.commit, await changedSince(run.commit, measuredBy(results.bench))),
        })),
      ),
    })),
  );
}

/** Writes docs/benchmarks.md. */
export async function writePage(): Promise<void> {
  const style = await resolveConfig(pageFile);
  const page = benchmarksPage(await shownResults());
  await writeFile(pageFile, await format(page, { ...style, parser: 'markdown' }));
  console.error(`wrote ${pageFile}`);
}

async function allResults(): Promise<Results[]> {
  const files = (await readdir(resultsFolder)).filter((file) => file.endsWith('.json')).toSorted();
  return Promise.all(
    files.map(async (file) => JSON.parse(await readFile(join(resultsFolder, file), 'utf8')) as Results),
  );
}
