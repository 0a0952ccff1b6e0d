import { mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { cutPower } from './power-cuts.ts';
import { QemuMachine } from './qemu-machine.ts';
import { testImage } from './test-images.ts';

const folder = process.env['BOOTFLEET_TEST_IMAGES'] ?? path.join(os.tmpdir(), 'bootfleet-test-images');

/** A campaign of 200 cuts, each followed by a complete upgrade, is bench/power-cuts.ts. */
test('power cut at 12 random moments: the machine always comes up on a build that is known, and the next upgrade completes', async () => {
  mkdirSync(folder, { recursive: true });
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
  console.log(`power cuts: SEED=${seed}`);
  const images = [testImage(folder, 1), testImage(folder, 2)] as const;
  const machine = await QemuMachine.start('cut', images[0]);
  try {
    const cuts = await cutPower(machine, images, {
      cuts: 12,
      seed,
      always: false,
      onCut: (cut) => {
        console.log(JSON.stringify(cut));
      },
    });
    expect(cuts.at(-1)?.next).toMatch(/upgraded|switched|unchanged/);
  } finally {
    await machine.remove();
  }
}, 1_500_000);
