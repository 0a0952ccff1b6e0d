import { FaultsPlace } from './place.ts';
import { planRun } from './plan.ts';
import { runOnce, type FaultRun, type Standing } from './run-once.ts';
import { namesOf, shapeOf } from './shape.ts';

/** A series of runs. */
export interface FaultsCampaign {
  readonly seed: number;
  /** Numbers of the runs, from 1. */
  readonly numbers: readonly number[];
  /** Places at work at once, each with a cloud of its own. */
  readonly workers: number;
  /** See makeFaultImages. */
  readonly images: string;
  readonly onRun: (run: FaultRun) => Promise<void>;
  /** No further run is begun. */
  readonly signal: AbortSignal;
}

/** Makes runs. A place is used as long as it goes well; after a run that failed the next one has a new place. */
export async function runFaults(campaign: FaultsCampaign): Promise<void> {
  // One iterator for all: each takes the next number when it has ended a run.
  const numbers = campaign.numbers.values();
  await Promise.all(Array.from({ length: campaign.workers }, () => work(campaign, numbers)));
}

async function work(campaign: FaultsCampaign, numbers: IteratorObject<number>): Promise<void> {
  const { seed, images, onRun, signal } = campaign;
  let place: FaultsPlace | undefined;
  let from = nothing;
  try {
    for (const number of numbers) {
      if (signal.aborted) break;
      place ??= await FaultsPlace.open(images, shapeOf(seed, number));
      const run = await runOnce(place, seed, number, from);
      await onRun(run);
      from = standingAfter(seed, number);
      if (run.failure) {
        const failed = place;
        place = undefined;
        from = nothing;
        await failed.close();
      }
    }
  } finally {
    await place?.close();
  }
}

const nothing: Standing = { previous: 0, names: [] };

/** Where a worker stands after a run that went well. Pure. */
export function standingAfter(seed: number, run: number): Standing {
  const { clean } = planRun(seed, run);
  return { previous: run, names: clean === 'up' ? namesOf(shapeOf(seed, run)) : [] };
}

/** One run again, from where it began: after the run `previous`, or from nothing. */
export async function repeatRun(
  campaign: Pick<FaultsCampaign, 'seed' | 'images'>,
  run: number,
  previous: number,
): Promise<FaultRun> {
  const { seed, images } = campaign;
  const place = await FaultsPlace.open(images, shapeOf(seed, previous === 0 ? run : previous));
  try {
    if (previous > 0 && planRun(seed, previous).clean === 'up') {
      const { status, output } = await place.stack.run('up');
      if (status !== 0) throw new Error(`the run before cannot be made again:\n${output}`);
    }
    return await runOnce(place, seed, run, previous === 0 ? nothing : standingAfter(seed, previous));
  } finally {
    await place.close();
  }
}
