/**
 * The campaign: power cut at random moments of upgrades of a real machine, each cut followed by a complete upgrade.
 *
 *     node bench/power-cuts.ts [--cuts 200] [--machines 2] [--seed N] [--fresh]
 *
 * Each cut is appended to bench/results/power-cuts.jsonl as it ends, failed ones with what is needed to find out why. A
 * run goes on where the last one ended, up to so many cuts in all, on so many machines at once; `--fresh` starts again.
 * Ctrl-C stops it at any time. Prints one figure over all cuts of the file.
 *
 * A cut kills QEMU: the guest loses what it had not written to its disk. What it had written and not flushed is kept by
 * the host, so disks that lie about flushes are not shown.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { campaignImages, runCampaign } from '../test/components/rollout/vm/power-cuts/campaign.ts';
import { CutLog, cutsToMake, tally } from '../test/components/rollout/vm/power-cuts/cut-log.ts';
import type { Figure } from './figure.ts';

const { values } = parseArgs({
  options: {
    cuts: { type: 'string', default: '200' },
    machines: { type: 'string', default: '2' },
    seed: { type: 'string' },
    fresh: { type: 'boolean', default: false },
  },
});
const log = new CutLog(path.join(import.meta.dirname, 'results', 'power-cuts.jsonl'));
if (values.fresh) await log.clear();
const before = await log.read();
const cuts = Number(values.cuts);
const seed = Number(values.seed ?? before[0]?.campaign ?? Date.now() % 2 ** 31);
const numbers = cutsToMake(cuts, before);
if (numbers.length > 0) await run(numbers);

const { survived, killed, ...all } = tally(await log.read());
const figure: Figure = {
  name: `power cuts in upgrades survived (seed ${seed}); ${killed} with the upgrading process killed as well`,
  value: survived,
  unit: 'cuts',
  baseline: { name: 'cuts', value: all.cuts },
  ratio: all.cuts === 0 ? 0 : survived / all.cuts,
  goal: `all of ${cuts}`,
  command: `node bench/power-cuts.ts --cuts ${cuts} --seed ${seed}`,
};
console.error(JSON.stringify(all.byAim));
console.log(JSON.stringify(figure));

async function run(missing: readonly number[]): Promise<void> {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => {
      stop.abort();
    });
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bootfleet-cuts-'));
  try {
    console.error(`${missing.length} of ${cuts} cuts to make, seed ${seed}`);
    await runCampaign({
      images: campaignImages(folder),
      numbers: missing,
      machines: Number(values.machines),
      seed,
      complete: 'each',
      signal: stop.signal,
      onCut: async (cut) => {
        await log.append({ campaign: seed, ...cut });
        console.error(`${cut.cut}/${cuts} ${JSON.stringify(cut)}`);
      },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
