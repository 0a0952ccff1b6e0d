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
  /** Numbers of the cuts, from 1. */
  readonly numbers: readonly number[];
  readonly seed: number;
  /** Machines worked on at once, each with cuts of its own; default 1. */
  readonly machines?: number;
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

/** Makes cuts, on each machine as long as it goes well. One that failed is handed on, and the next has a new machine. */
export async function runCampaign(campaign: Campaign): Promise<void> {
  // One iterator for all: each takes the next number when it has ended a cut.
  const numbers = campaign.numbers.values();
  await Promise.all(Array.from({ length: campaign.machines ?? 1 }, () => runSeries(campaign, numbers)));
}

async function runSeries(campaign: Campaign, numbers: IteratorObject<number>): Promise<void> {
  const { images, seed, onCut, signal } = campaign;
  let bench: CutBench | undefined;
  try {
    for (const number of numbers) {
      if (signal?.aborted) break;
      bench ??= await setUp(images);
      const complete = campaign.complete === 'each' || number === campaign.numbers.at(-1);
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
