import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { campaignImages, runCampaign } from './campaign.ts';
import type { Cut } from './cut.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'bootfleet-cuts-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A campaign of 200 cuts, each followed by a complete upgrade, is bench/power-cuts.ts. */
const moments = 8;

test(`power cut at ${moments} random moments: the machine always comes up on a build that is known, and the next upgrade completes`, async () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
  console.log(`power cuts: SEED=${seed}`);
  const cuts: Cut[] = [];
  await runCampaign({
    images: campaignImages(folder),
    numbers: Array.from({ length: moments }, (_, index) => index + 1),
    seed,
    complete: 'last',
    onCut: (cut) => {
      cuts.push(cut);
      console.log(JSON.stringify(cut));
    },
  });
  expect(cuts).toHaveLength(moments);
  expect(cuts.filter(({ failure }) => failure)).toEqual([]);
  expect(cuts.at(-1)?.next).toMatch(/upgraded|switched|unchanged/);
}, 1_500_000);
