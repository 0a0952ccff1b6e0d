/**
 * The campaign: power cut at random moments of upgrades of a real machine, each cut followed by a complete upgrade.
 *
 *     node bench/power-cuts.ts [--cuts 200] [--machines 2] [--seed N] [--fresh] [--log FILE]
 *
 * Each cut is appended to bench/results/power-cuts.jsonl as it ends, failed ones with what is needed to find out why. A
 * run goes on where the last one with this seed and this commit ended, up to so many cuts in all, on so many machines at
 * once; another seed or another commit begins a new record in the file. `--fresh` drops all records. Ctrl-C stops it at
 * any time. Prints one figure over the cuts of the record.
 *
 * A cut kills QEMU: the guest loses what it had not written to its disk. What it had written and not flushed is kept by
 * the host, so disks that lie about flushes are not shown.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { campaignImages, runCampaign } from '../test/components/rollout/vm/power-cuts/campaign.ts';
import type { Cut } from '../test/components/rollout/vm/power-cuts/cut.ts';
import { CampaignLog, missingNumbers, recordOf } from './frame/campaign-log.ts';
import { measuredCommit } from './frame/commit.ts';
import type { Figure } from './frame/figure.ts';
import { resultsFolder } from './frame/results-folder.ts';
import { runBench } from './frame/run-bench.ts';
import { tally } from './power-cuts/tally.ts';

const { values } = parseArgs({
  options: {
    cuts: { type: 'string', default: '200' },
    machines: { type: 'string', default: '2' },
    seed: { type: 'string' },
    fresh: { type: 'boolean', default: false },
    log: { type: 'string', default: path.join(resultsFolder, 'power-cuts.jsonl') },
  },
});
const size = Number(values.cuts);

await runBench(['qemu-system-x86_64'], async () => {
  const log = new CampaignLog<Cut>(values.log, ({ cut }) => cut);
  if (values.fresh) await log.clear();
  const commit = await measuredCommit();
  const asked = {
    seed: values.seed === undefined ? undefined : Number(values.seed),
    fresh: Date.now() % 2 ** 31,
  };
  const { seed, made } = recordOf(await log.read(), commit, asked);
  const numbers = missingNumbers(size, made.map(({ cut }) => cut)); // prettier-ignore
  console.error(`seed ${seed}, commit ${commit || 'unknown'}: ${numbers.length} of ${size} cuts to make`);
  const cuts: Cut[] = made.filter(({ cut }) => cut <= size);
  const onCut = async (cut: Cut): Promise<void> => {
    cuts.push(cut);
    await log.append({ campaign: seed, commit, size, ...cut });
    console.error(`${cut.cut}/${size} ${JSON.stringify(cut)}`);
  };
  if (numbers.length > 0) await make(numbers, seed, onCut);

  const { survived, killed, byAim } = tally(cuts);
  const figure: Figure = {
    name: `power cuts in upgrades survived (seed ${seed}, commit ${commit || 'unknown'}); ${killed} with the upgrading process killed as well`,
    value: survived,
    unit: 'cuts',
    baseline: { name: 'cuts', value: cuts.length },
    ratio: cuts.length === 0 ? 0 : survived / cuts.length,
    goal: `all of ${size}`,
    command: `node bench/power-cuts.ts --cuts ${size} --seed ${seed}`,
  };
  console.error(JSON.stringify(byAim));
  console.log(JSON.stringify(figure));
});

async function make(
  numbers: readonly number[],
  seed: number,
  onCut: (cut: Cut) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => {
      stop.abort();
    });
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bootfleet-cuts-'));
  try {
    await runCampaign({
      images: campaignImages(folder),
      numbers,
      machines: Number(values.machines),
      seed,
      complete: 'each',
      signal: stop.signal,
      onCut,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
