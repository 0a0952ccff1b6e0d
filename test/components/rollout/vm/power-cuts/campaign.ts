import { Orchestrator } from '../orchestrator/orchestrator.ts';
import { QemuMachine } from '../qemu-machine.ts';
import { testImage, type TestImage } from '../test-images.ts';
import type { Cut } from './cut.ts';
import { cutPower, type CutBench } from './cut-power.ts';
import { seedOf } from './plan-cut.ts';

/** A series of cuts. */
export interface Campaign {
  /** At least three builds, so that there is always one that neither slot holds. The first is installed. */
  readonly images: readonly TestImage[];
  /** Number of the first cut, from 1, and of the last. */
  readonly from: number;
  readonly to: number;
  readonly seed: number;
  /** Whether an upgrade is let complete after each cut, or only after the last. */
  readonly complete: 'each' | 'last';
  readonly onCut: (cut: Cut) => void | Promise<void>;
  /** No further cut is begun; the machine of the one under way is taken away. */
  readonly signal?: AbortSignal;
}

/** Builds for a campaign, in small slots, so that as much of an upgrade as can be is other things than hashing. */
export function campaignImages(folder: string): readonly TestImage[] {
  return [1, 2, 3].map((version) => testImage(folder, version, 'good', 24));
}

/** Makes cuts, on one machine as long as it goes well. One that failed is handed on, and the next has a new machine. */
export async function runCampaign(campaign: Campaign): Promise<void> {
  const { images, from, to, seed, onCut, signal } = campaign;
  let bench: CutBench | undefined;
  try {
    for (let number = from; number <= to && !signal?.aborted; number += 1) {
      bench ??= await setUp(images);
      const complete = campaign.complete === 'each' || number === to;
      const ended = await untilAborted(
        cutPower(bench, { cut: number, seed: seedOf(seed, number), complete }),
        signal,
      );
      if (!ended) break;
      await onCut(ended);
      if (ended.failure) {
        await takeDown(bench);
        bench = undefined;
      }
    }
  } finally {
    if (bench) await takeDown(bench);
  }
}

async function setUp(images: readonly TestImage[]): Promise<CutBench> {
  const [installed] = images;
  if (!installed || images.length < 3) throw new Error('a campaign needs three builds');
  const machine = await QemuMachine.start('cut', installed);
  return { machine, images, orchestrator: new Orchestrator(machine.cloud) };
}

async function takeDown({ machine, orchestrator }: CutBench): Promise<void> {
  await orchestrator.kill();
  await machine.remove();
}

/** Undefined when the signal came first. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T | undefined> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => {
      resolve(undefined);
    });
    work.then(resolve, reject);
  });
}
