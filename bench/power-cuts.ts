/**
 * The campaign: power cut at random moments of upgrades of a real machine, each cut followed by a complete upgrade.
 *
 *     node bench/power-cuts.ts [cuts, default 200] [seed]
 *
 * Prints one figure: the share of cuts after which the machine came up on a known build and the next upgrade completed.
 * It takes about a minute a cut without KVM.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { cutPower, type Cut } from '../test/components/rollout/vm/power-cuts.ts';
import { QemuMachine } from '../test/components/rollout/vm/qemu-machine.ts';
import { testImage } from '../test/components/rollout/vm/test-images.ts';
import type { Figure } from './figure.ts';

const cuts = Number(process.argv[2] ?? 200);
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31);
const folder = await mkdtemp(path.join(os.tmpdir(), 'bootfleet-cuts-'));
const images = [testImage(folder, 1), testImage(folder, 2)] as const;
const machine = await QemuMachine.start('cut', images[0]);
const seen: Cut[] = [];
try {
  const onCut = (cut: Cut): void => {
    seen.push(cut);
    console.error(`${seen.length}/${cuts} ${JSON.stringify(cut)}`);
  };
  await cutPower(machine, images, { cuts, seed, always: true, onCut });
} finally {
  await machine.remove();
  await rm(folder, { recursive: true, force: true });
}
const figure: Figure = {
  name: `power cuts in upgrades survived, of ${cuts} (seed ${seed})`,
  value: seen.length,
  unit: 'cuts',
  baseline: { name: 'cuts', value: cuts },
  ratio: seen.length / cuts,
  goal: 'all',
  command: `node bench/power-cuts.ts ${cuts} ${seed}`,
};
console.log(JSON.stringify(figure));
