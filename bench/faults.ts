/**
 * The campaign of faults: each run edits the fleet file, runs `pulumi up` or `pulumi destroy`, and kills or breaks
 * something meanwhile; it has to end converged or with a coded error. Then a clean run has to converge: nothing twice,
 * nothing left over, nothing deleted that the file still names.
 *
 *     node bench/faults.ts [--runs 300] [--workers 2] [--seed N] [--fresh] [--log FILE]
 *     node bench/faults.ts --seed N --repeat RUN [--previous RUN]
 *
 * The cloud is the embedded one with machines that only play a boot; everything else is real: CLI, program, providers,
 * daemon, object storage. Each run is appended to bench/results/faults.jsonl as it ends; a campaign that was stopped goes
 * on where it ended, another seed or another commit begins a new record. `--fresh` drops all records. A run that failed
 * has in the log what it printed, and is made again by `--repeat` with its `run` and its `previous`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { repeatRun, runFaults } from './faults/campaign.ts';
import { makeFaultImages } from './faults/images.ts';
import { struck } from './faults/inject.ts';
import type { FaultRun } from './faults/run-once.ts';
import { CampaignLog, missingNumbers, recordOf } from './frame/campaign-log.ts';
import { measuredCommit } from './frame/commit.ts';
import type { Figure } from './frame/figure.ts';
import { resultsFolder } from './frame/results-folder.ts';
import { runBench } from './frame/run-bench.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '300' },
    workers: { type: 'string', default: '2' },
    seed: { type: 'string' },
    fresh: { type: 'boolean', default: false },
    log: { type: 'string', default: path.join(resultsFolder, 'faults.jsonl') },
    repeat: { type: 'string' },
    previous: { type: 'string', default: '0' },
  },
});
const size = Number(values.runs);

await runBench([], async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bootfleet-faults-'));
  try {
    if (values.repeat === undefined) await campaign(folder);
    else {
      await makeFaultImages(folder);
      const again = { seed: Number(values.seed), images: folder };
      const run = await repeatRun(again, Number(values.repeat), Number(values.previous));
      console.error(show(run));
      if (run.failure) process.exitCode = 1;
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

async function campaign(images: string): Promise<void> {
  const log = new CampaignLog<FaultRun>(values.log, ({ run }) => run);
  if (values.fresh) await log.clear();
  const commit = await measuredCommit();
  const asked = {
    seed: values.seed === undefined ? undefined : Number(values.seed),
    fresh: Date.now() % 2 ** 31,
  };
  const { seed, made } = recordOf(await log.read(), commit, asked);
  const numbers = missingNumbers(size, made.map(({ run }) => run)); // prettier-ignore
  console.error(`seed ${seed}, commit ${commit || 'unknown'}: ${numbers.length} of ${size} runs to make`);
  const runs: FaultRun[] = made.filter(({ run }) => run <= size);
  if (numbers.length > 0) {
    await makeFaultImages(images);
    const stop = new AbortController();
    for (const name of ['SIGINT', 'SIGTERM'] as const)
      process.on(name, () => {
        stop.abort();
      });
    await runFaults({
      ...{ seed, numbers, images, signal: stop.signal, workers: Number(values.workers) },
      onRun: async (run) => {
        runs.push(run);
        await log.append({ campaign: seed, commit, size, ...run });
        console.error(show(run));
      },
    });
  }
  const met = runs.filter(({ injected }) => injected.some(struck)).length;
  const well = runs.filter(({ failure }) => !failure).length;
  const figure: Figure = {
    name: `runs with faults that ended converged or with a coded error, and converged in the next clean run; in ${met} a fault met something (seed ${seed}, commit ${commit || 'unknown'})`,
    value: well,
    unit: 'runs',
    baseline: { name: 'runs', value: runs.length },
    ratio: runs.length === 0 ? 0 : well / runs.length,
    goal: `all of ${size}`,
    command: `node bench/faults.ts --runs ${size} --seed ${seed}`,
  };
  console.log(JSON.stringify(figure));
}

/** A line a run; what went wrong and what was printed below it. */
function show({ failure, ...run }: FaultRun): string {
  const line = JSON.stringify(run);
  if (!failure) return line;
  const { why, faulty, clean } = failure;
  return `${line}\n  ${why.join('\n  ')}\n--- the command with faults:\n${faulty}\n--- the clean command:\n${clean}`;
}
